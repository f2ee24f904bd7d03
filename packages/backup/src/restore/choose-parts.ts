import { UserError } from "@understudy/core";
import type { DesiredStack } from "@understudy/environment";
import type { Manifest } from "../manifest/manifest.ts";
import type { Restored } from "./restore-data.ts";

export const restoreParts = ["postgres", "neo4j", "volumes", "environment"] as const;
export type RestorePart = (typeof restoreParts)[number];

/** What of a backup comes back. @throws UserError for a volume that the deployed stack does not have. */
export function chooseParts(
  { model }: Pick<DesiredStack, "model">,
  manifest: Manifest,
  parts: readonly RestorePart[],
): Restored {
  const graph = new Set(model.services.neo4j?.volumes.map(({ source }) => source));
  const volumes = manifest.volumes.filter((name) => parts.includes(graph.has(name) ? "neo4j" : "volumes"));
  const unknown = volumes.find((name) => !model.volumes[name]);
  if (unknown !== undefined) {
    throw new UserError(`The backup has volume ${unknown}, which what is deployed does not have`, {
      next: `Deploy release ${manifest.release?.id ?? "of that time"} first, or restore parts: --only postgres`,
    });
  }
  return { databases: parts.includes("postgres") ? manifest.databases : [], volumes };
}
