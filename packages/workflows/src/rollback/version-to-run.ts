import type { MetadataRow } from "../database/metadata.ts";

/**
 * What n8n is to run again when migrations of a workflow are taken back: a version, null for none, undefined for what it runs. Whatever
 * somebody switched off, or published over it since, is theirs to decide. Pure.
 * @param group in the order in which they were applied
 * @param live the version that runs now
 */
export function versionToRun(
  group: readonly Pick<MetadataRow, "versionId" | "previousVersionId">[],
  live: string | null,
): string | null | undefined {
  const [first] = group;
  const isOurs = live !== null && group.some(({ versionId }) => versionId === live);
  return first && isOurs ? first.previousVersionId : undefined;
}
