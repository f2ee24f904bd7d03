import { buffer } from "node:stream/consumers";
import type { Container } from "dockerode";

/** Put files into a container that was created, readable for everybody in it. @param files texts by absolute path */
export async function placeFiles(container: Container, files: Readonly<Record<string, string>>): Promise<void> {
  // Few verbs need it, and all would wait for it.
  const { pack } = await import("tar-stream");
  const archive = pack();
  for (const [path, text] of Object.entries(files)) archive.entry({ name: path.slice(1), mode: 0o444 }, text);
  archive.finalize();
  await container.putArchive(await buffer(archive), { path: "/" });
}
