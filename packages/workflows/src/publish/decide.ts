import type { MetadataRow } from "../database/metadata.ts";

/** What is to be done about a version that a migration made and that is to run. */
export type Publishing = "publish" | "runs" | "superseded";

/**
 * An operator who published, or switched off, something else since then has decided. Pure.
 * @param live the version that runs now
 */
export function decidePublishing(
  { versionId, previousVersionId }: Pick<MetadataRow, "versionId" | "previousVersionId">,
  live: string | null,
): Publishing {
  if (live !== null && live === versionId) return "runs";
  return live === previousVersionId ? "publish" : "superseded";
}

/** The newest row of each workflow, and the names of all rows that it speaks for. Pure. */
export function newestPerWorkflow(
  rows: readonly MetadataRow[],
): { readonly row: MetadataRow; readonly names: readonly string[] }[] {
  const byWorkflow = Map.groupBy(
    rows.filter(({ publish }) => publish === "pending" || publish === "failed"),
    ({ workflowId }) => workflowId,
  );
  return [...byWorkflow.values()].flatMap((group) => {
    const ordered = group.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const [first, last] = [ordered[0], ordered.at(-1)];
    if (!first || !last) return [];
    // What ran before the first of them is what still runs.
    return [{ row: { ...last, previousVersionId: first.previousVersionId }, names: ordered.map(({ name }) => name) }];
  });
}
