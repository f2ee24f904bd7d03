import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What a line does to what goes over it. Each is drawn once a connection, or once a piece of bytes. */
export interface Troubles {
  /** Chance that a connection is cut, after up to `cutAfter` bytes. */
  readonly cut?: number;
  readonly cutAfter?: number;
  /** Up to so many ms that each piece is held up. */
  readonly delay?: number;
  /** Chance that a bit of a piece is another. */
  readonly corrupt?: number;
}

/** A line between two servers that may be bad. */
export interface BadLine extends AsyncDisposable {
  readonly port: number;
  troubles: Troubles;
  /** How often it did something. */
  done: number;
  /** Cut everything that goes over it now. */
  cutAll(): void;
}

/** @param random from 0 up to, and without, 1 */
export async function openBadLine(to: number, random: () => number): Promise<BadLine> {
  const sockets = new Set<Socket>();
  const line: { troubles: Troubles; done: number } = { troubles: {}, done: 0 };
  const server = createServer((near) => {
    const far = dial(to, "127.0.0.1");
    const end = () => {
      for (const socket of [near, far]) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of [near, far]) sockets.add(socket.on("error", () => {}).on("close", end));
    const { cut = 0, cutAfter = 1_000_000 } = line.troubles;
    let left = random() < cut ? Math.floor(random() * cutAfter) : Number.POSITIVE_INFINITY;
    const carry = async (from: Socket, into: Socket) => {
      for await (const piece of from as AsyncIterable<Buffer>) {
        const { delay = 0, corrupt = 0 } = line.troubles;
        if (delay > 0) await sleep(random() * delay);
        if (random() < corrupt) {
          line.done++;
          const at = Math.floor(random() * piece.length);
          piece[at] = (piece[at] ?? 0) ^ (1 << Math.floor(random() * 8));
        }
        left -= piece.length;
        if (left < 0) {
          line.done++;
          return end();
        }
        if (!into.write(piece)) await new Promise((resolve) => into.once("drain", resolve).once("close", resolve));
      }
      into.end();
    };
    carry(near, far).catch(end);
    carry(far, near).catch(end);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(line, {
    port: (server.address() as AddressInfo).port,
    cutAll() {
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** A random source that a seed repeats (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
