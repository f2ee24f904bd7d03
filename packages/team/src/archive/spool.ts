import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Something that waits to be packed. */
export interface Spooled {
  /** Bytes. */
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  /** Its content, from the beginning. */
  read(): Readable;
}

/** Looks at what passes. */
export type Watcher = (chunk: Buffer) => void;

/**
 * Where what an archive is made from waits: a tar names the size of each file before the file. What lies on disk is encrypted with a
 * key that only this process has, so a run that was killed leaves nothing that can be read.
 */
export class Spool implements Disposable {
  readonly #folder: string;
  readonly #key = randomBytes(32);
  #count = 0;

  /** @param folder one that nobody else uses; removed at the end */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Take a stream to its end. @param watch sees every byte, and may throw */
  async add(content: AsyncIterable<Buffer>, watch: Watcher = () => {}): Promise<Spooled> {
    const number = this.#count++;
    const file = join(this.#folder, String(number));
    const nonce = Buffer.alloc(16);
    nonce.writeUInt32BE(number);
    const hash = createHash("sha256");
    let bytes = 0;
    const look = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        try {
          watch(chunk);
        } catch (error) {
          done(error as Error);
          return;
        }
        bytes += chunk.length;
        hash.update(chunk);
        done(null, chunk);
      },
    });
    const cipher = createCipheriv("aes-256-ctr", this.#key, nonce);
    await pipeline(Readable.from(content), look, cipher, createWriteStream(file, { mode: 0o600, flags: "wx" }));
    return {
      bytes,
      sha256: hash.digest("hex"),
      read: () => {
        const plain = createDecipheriv("aes-256-ctr", this.#key, nonce);
        // The reader hears of a failure by the stream that it reads.
        return createReadStream(file)
          .on("error", (error) => plain.destroy(error))
          .pipe(plain);
      },
    };
  }

  /** A text, as it is. */
  addText(text: string, watch?: Watcher): Promise<Spooled> {
    return this.add(Readable.from([Buffer.from(text)]), watch);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
