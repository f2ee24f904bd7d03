/** Paths in an archive, below its folder. */
export const archivePaths = {
  metadata: "export-metadata.json",
  workflows: "workflows.json",
  credentials: "credentials.json",
  environment: ".env",
  database: (name: string) => `databases/${encodeURIComponent(name)}.sql`,
  volume: (name: string) => `volumes/${encodeURIComponent(name)}.tar`,
  compose: (path: string) => `compose/${path}`,
} as const;

/** A header of ustar has room for a hundred bytes, the archive's own folder and its slash among them. */
const longest = 100 - "export-2026-11-22-14-05-09/".length;

const known = [
  /^(export-metadata|workflows|credentials)\.json$/,
  /^\.env$/,
  /^databases\/[^/]+\.sql$/,
  /^volumes\/[^/]+\.tar$/,
  /^compose\/.+$/,
];

/** Whether a path is one that an archive may have: below its folder and nowhere else, plain, of a kind that is known. */
export function isArchivePath(path: string): boolean {
  const plain = /^[\x21-\x7e]+$/.test(path) && !path.includes("\\") && path.length <= longest;
  const inside = path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  return plain && inside && known.some((pattern) => pattern.test(path));
}
