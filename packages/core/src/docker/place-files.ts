import { buffer } from "node:stream/consumers";
import type { Container } from "dockerode";

export interface PlacedFile {
  readonly content: string;
  /** Readable for everybody unless told. */
  readonly mode?: number | undefined;
}

/** Put files into a container that was created. @param files by absolute path */
export async function placeFiles(container: Container, files: Readonly<Record<string, PlacedFile>>): Promise<void> {
  // Few verbs need it, and all would wait for it.
  const { pack } = await import("tar-stream");
  const archive = pack();
  for (const [path, { content, mode = 0o444 }] of Object.entries(files)) {
    archive.entry({ name: path.slice(1), mode }, content);
  }
  archive.finalize();
  await container.putArchive(await buffer(archive), { path: "/" });
}
