/** Where the box has the volumes: the same for every backup, so that restic finds what it read last time. */
export function folderOf(volume: string): string {
  return `/volumes/${volume}`;
}

/** Names of what a backup is made of, as tags of its snapshots. */
export const artifacts = {
  /** Files as they were while writers ran: read early, so that little is left to read while they stand still. */
  early: "early",
  files: "files",
  roles: "roles",
  environmentFiles: "environment",
  manifest: "manifest",
  proof: "proof",
  database: (name: string) => `database:${name}`,
} as const;

/** Names of files in the repository. */
export const fileNames = {
  roles: "roles.sql",
  environmentFiles: "environment.json",
  manifest: "manifest.json",
  proof: "proof.json",
  database: (name: string) => `${name.replaceAll("/", "_")}.dump`,
} as const;

/** Tags of a snapshot. */
export function tagsOf(id: string, artifact: string): string[] {
  return [id, `artifact=${artifact.replaceAll(",", "_")}`];
}

/** Of a proof that succeeded, so that nobody need read it to know. */
export const provenTag = "result=succeeded";
