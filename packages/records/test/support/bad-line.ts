import type { AddressInfo } from "node:net";
import { createServer, connect as dial, type Server, type Socket } from "node:net";

/** A line that breaks: it cuts connections at any byte, holds them up, or takes none at all. */
export interface BadLine extends AsyncDisposable {
  readonly url: string;
  /** How many connections it has spoilt. */
  readonly spoilt: number;
  /** Whether it spoils any. */
  bad: boolean;
}

/** @param random from 0 up to, and without, 1 */
export async function openBadLine(target: () => number, random: () => number): Promise<BadLine> {
  const sockets = new Set<Socket>();
  const line = { bad: true, spoilt: 0 };
  const server: Server = createServer((near) => {
    const far = dial(target(), "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket
        .on("error", () => {})
        .on("close", () => {
          sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
    }
    const fate = line.bad ? random() : 1;
    if (fate < 0.1) {
      line.spoilt++;
      near.destroy();
      return;
    }
    near.pipe(far);
    // The request arrives, and its answer is lost somewhere on its way.
    let left = fate < 0.4 ? Math.floor(random() * 600) : Number.POSITIVE_INFINITY;
    far.on("data", (bytes) => {
      if (left === Number.POSITIVE_INFINITY) return void near.write(bytes);
      near.write(bytes.subarray(0, left));
      left -= bytes.length;
      if (left > 0) return;
      line.spoilt++;
      near.destroy();
    });
    far.on("end", () => near.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(line, {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
