import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { TestServer } from "./two-servers.ts";

/** This machine, as if its agent were the only way to it. */
export interface DockerAgent extends AsyncDisposable {
  /** As `host` of an environment. */
  readonly host: string;
}

/** Start an agent that lets installations through to this machine's Docker engine, each by a token of its own. */
export async function dockerAgent(roots: readonly string[]): Promise<DockerAgent> {
  // Its database is none of this: it is not asked.
  const nowhere = { host: "127.0.0.1", port: 1, user: "nobody", password: "x", database: "none", timeout: 1_000 };
  const server = await TestServer.make("Engine", nowhere, ["relayDocker: true"], { certified: true });
  try {
    await server.start();
    let host = "";
    for (const [at, root] of roots.entries()) {
      const made = await server.json("peers-token", "--docker", `test-${at}`);
      host = made.host;
      execFileSync(process.execPath, [join(import.meta.dirname, "../../src/cli/peers-reach.ts"), host], {
        env: { ...process.env, UNDERSTUDY_ROOT: root, PEERS_TOKEN: made.token },
      });
    }
    return { host, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}
