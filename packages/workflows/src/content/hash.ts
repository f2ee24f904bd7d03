import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical.ts";
import type { Content, VersionContent } from "./content.ts";

/** SHA-256 of what travels, in hexadecimal: equal for the same workflow in any environment. */
export function contentHash(content: Content): string {
  return sha256(canonicalJson(content));
}

/** The same of one version, for comparison with what runs. */
export function versionHash({ nodes, connections, nodeGroups }: VersionContent): string {
  return sha256(canonicalJson({ nodes, connections, nodeGroups }));
}

/** @param data text, or the bytes of a file. @returns hexadecimal */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
