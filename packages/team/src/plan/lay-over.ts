import type { ArchivedFile, Metadata } from "../archive/metadata.ts";

/** What of an archive's files goes into it, and what the archive below has already. */
export interface Layered {
  readonly files: readonly ArchivedFile[];
  readonly unchanged: readonly ArchivedFile[];
}

/** Leave out what the archive below has with the same content. One that lies over another itself is no ground. Pure. */
export function layOver(files: readonly ArchivedFile[], below: Pick<Metadata, "files"> | undefined): Layered {
  const known = new Set(below?.files.map(keyOf));
  return {
    files: files.filter((file) => !known.has(keyOf(file))),
    unchanged: files.filter((file) => known.has(keyOf(file))),
  };
}

function keyOf({ path, bytes, sha256 }: ArchivedFile): string {
  return `${path} ${bytes} ${sha256}`;
}
