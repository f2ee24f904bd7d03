import { connect, createServer, type Socket } from "node:net";

/** A way to the local engine that can be cut. */
export interface EngineRelay extends AsyncDisposable {
  /** What an environment's `host` must be to take it. */
  readonly host: string;
  /** End every connection; no new one is made until `mend`. */
  cut(): void;
  mend(): void;
}

/** @param dockerHost where the engine is: `unix://…` @param socket a path for the way to it */
export async function relayEngine(dockerHost: string, socket: string): Promise<EngineRelay> {
  const ends = new Set<Socket>();
  let open = true;
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: dockerHost.slice("unix://".length), allowHalfOpen: true });
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end);
      end.pipe(other);
      end
        .on("error", () => {})
        .once("close", () => {
          ends.delete(end);
          other.destroy();
        });
    }
    if (!open) near.destroy();
  });
  const cut = () => {
    open = false;
    for (const end of ends) end.destroy();
  };
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    host: `unix://${socket}`,
    cut,
    mend: () => {
      open = true;
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
