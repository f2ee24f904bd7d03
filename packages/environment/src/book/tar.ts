const block = 512;

/** The plain files of a tar stream, as the engine makes it, by the last part of their names. */
export function filesOfTar(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; at + block <= archive.length && archive[at] !== 0; ) {
    const header = archive.subarray(at, at + block);
    const size = Number.parseInt(text(header, 124, 12), 8) || 0;
    const type = text(header, 156, 1);
    const content = archive.subarray(at + block, at + block + size);
    // Others are folders, and extended headers, whose fields nothing here needs.
    if (type === "0" || type === "") files.set(text(header, 0, 100).split("/").at(-1) ?? "", content);
    at += block + Math.ceil(size / block) * block;
  }
  return files;
}

function text(header: Buffer, start: number, length: number): string {
  const [field = ""] = header.toString("latin1", start, start + length).split("\0", 1);
  return field.trim();
}
