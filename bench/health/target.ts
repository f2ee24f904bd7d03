import { fork } from "node:child_process";
import { once } from "node:events";

/** What a target has seen so far. Times are ms on its own clock. */
export interface Seen {
  readonly now: number;
  /** When each check asked, by its number, in order. */
  readonly arrivals: Readonly<Record<string, readonly number[]>>;
}

export interface Target extends Disposable {
  /** Without a slash at the end; checks ask `<url>/check/<number>`. */
  readonly url: string;
  seen(): Promise<Seen>;
}

/** An HTTP server that monitors can ask, in a process of its own. */
export async function openTarget(): Promise<Target> {
  const server = fork(new URL("target-server.ts", import.meta.url), { stdio: "inherit" });
  const [port] = await once(server, "message");
  return {
    url: `http://127.0.0.1:${port}`,
    async seen() {
      server.send("seen");
      const [seen] = await once(server, "message");
      return seen;
    },
    [Symbol.dispose]: () => server.disconnect(),
  };
}
