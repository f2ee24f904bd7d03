import { PassThrough, type Readable } from "node:stream";
import { listFiles } from "./list-files.ts";
import type { VolumeBox } from "./volume-box.ts";

/**
 * Give each file of a folder that nobody changes, as a stream, to look for leaks in it; in one pass, however many there are.
 * Each must be read to its end.
 */
export async function eachFile(
  box: VolumeBox,
  folder: string,
  look: (path: string, content: Readable) => Promise<void>,
): Promise<void> {
  const files = (await listFiles(box, folder)).filter(({ type }) => type === "file");
  const { input, output, ended } = await box.start(`cd "$1"; xargs -0 -r cat --`, [folder]);
  input.end(files.map(({ path }) => `${path}\0`).join(""));
  const parts = output()[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  for (const { path, size } of files) {
    const content = new PassThrough();
    const looked = look(path, content);
    // It is awaited below; until then a refusal is not to end the process.
    looked.catch(() => {});
    for (let left = size; left > 0; ) {
      if (!rest.length) {
        const { value, done } = await parts.next();
        if (done) throw new Error(`${path} ended ${left} bytes early`);
        rest = value;
      }
      const part = rest.subarray(0, left);
      rest = rest.subarray(part.length);
      left -= part.length;
      if (!content.write(part)) await Promise.race([new Promise((resolve) => content.once("drain", resolve)), looked]);
    }
    content.end();
    await looked;
  }
  await parts.next();
  await ended();
}
