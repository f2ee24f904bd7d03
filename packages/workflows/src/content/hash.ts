import { canonicalJson, sha256 } from "@understudy/core";
import type { Content, VersionContent } from "./content.ts";

export { sha256 };

/** SHA-256 of what travels, in hexadecimal: equal for the same workflow in any environment. */
export function contentHash(content: Content): string {
  return sha256(canonicalJson(content));
}

/** The same of one version, for comparison with what runs. */
export function versionHash({ nodes, connections, nodeGroups }: VersionContent): string {
  return sha256(canonicalJson({ nodes, connections, nodeGroups }));
}
