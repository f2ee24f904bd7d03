import type { VolumeBox } from "./volume-box.ts";

/** Something in a volume. */
export interface FileEntry {
  /** Below the volume's root, e.g. `uploads/a.txt`. */
  readonly path: string;
  /** `other`: a socket, pipe or device. */
  readonly type: "file" | "directory" | "link" | "other";
  /** Bytes. */
  readonly size: number;
  /** Seconds since the epoch, as find prints them. */
  readonly modified: string;
  /** Mode and owner: `644:1000:1000`. */
  readonly attributes: string;
  /** What a link points to. */
  readonly target: string;
}

/** Names that begin so are our own, at the root of a volume. */
export const ownPrefix = ".understudy-";

const types: Readonly<Record<string, FileEntry["type"]>> = { f: "file", d: "directory", l: "link" };

/** Everything in a volume but our own. @param folder where the box has it. @throws UserError */
export async function listFiles(box: VolumeBox, folder: string): Promise<FileEntry[]> {
  const format = "%y\\0%s\\0%T@\\0%m:%U:%G\\0%l\\0%P\\0";
  const skipped = `-path './${ownPrefix}*' -prune -o -path ./lost+found -prune -o`;
  const printed = await box.run(`cd "$1"; find . -mindepth 1 ${skipped} -printf '${format}'`, [folder]);
  const fields = splitNames(printed);
  return Array.from({ length: fields.length / 6 }, (_, index) => {
    const [type = "", size = "", modified = "", attributes = "", target = "", path = ""] = fields.slice(
      index * 6,
      index * 6 + 6,
    );
    return { type: types[type] ?? "other", size: Number(size), modified, attributes, target, path };
  });
}

/** SHA-256 of files, by path, in hex; those that are gone are left out. @throws UserError */
export async function hashFiles(
  box: VolumeBox,
  folder: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  // It also fails for one that is gone; that is seen by its absence.
  const script = `cd "$1"; xargs -0 -r sha256sum -z -- || [ $? = 123 ]`;
  const printed = await box.run(script, [folder], joinNames(paths));
  return new Map(splitNames(printed).map((line) => [line.slice(66), line.slice(0, 64)]));
}

/** Which files are SQLite's, by what they hold, or by the name of the one that they belong to. */
export async function findSqlite(box: VolumeBox, folder: string, paths: readonly string[]): Promise<Set<string>> {
  const script = `cd "$1"; exec perl -0 -ne 'chomp; open(my $file, "<:raw", $_) or next; read($file, my $head, 15); print "$_\\0" if $head eq "SQLite format 3"'`;
  const found = new Set(splitNames(await box.run(script, [folder], joinNames(paths))));
  const companions = paths.filter((path) => found.has(path.replace(/-(wal|shm|journal)$/, "")));
  return new Set([...found, ...companions]);
}

/** Names as tools read and print them with `-0` and the like. */
export function joinNames(names: readonly string[]): string {
  return names.map((name) => `${name}\0`).join("");
}

function splitNames(printed: Buffer): string[] {
  return printed.length ? printed.toString().slice(0, -1).split("\0") : [];
}
