import { setTimeout as sleep } from "node:timers/promises";
import { type HostSession, messageOf, UserError } from "@understudy/core";
import type { Endpoint } from "@understudy/environment";

/** Ask an endpoint from the host, through the edge, until it answers. `timeout` in ms. @throws UserError with the last answer. */
export async function awaitEndpoint(session: HostSession, endpoint: Endpoint, timeout: number): Promise<void> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const seen = await ask(session, endpoint);
    if (seen === "ok") return;
    if (Date.now() > deadline) {
      throw new UserError(`${endpoint.service} is healthy inside, but ${endpoint.url} does not answer: ${seen}`, {
        next: "See pnpm status and the log of what publishes it, then run the same command again",
      });
    }
    await sleep(300);
  }
}

async function ask(session: HostSession, { probe }: Endpoint): Promise<string> {
  const { protocol, address, port, path } = probe;
  const host = address.includes(":") ? `[${address}]` : address;
  try {
    if (protocol === "tcp") {
      const { exitCode, stderr } = await session.exec([
        "socat",
        "-u",
        "OPEN:/dev/null",
        `TCP:${host}:${port},connect-timeout=5`,
      ]);
      return exitCode === 0 ? "ok" : stderr.trim() || `socat exited with ${exitCode}`;
    }
    const { status } = await session.http(new URL(`http://${host}:${port}${path}`), { timeout: 10_000 });
    return status >= 200 && status < 300 ? "ok" : `HTTP ${status}`;
  } catch (error) {
    // The engine or the connection to it is gone: waiting does not help.
    if (error instanceof UserError) throw error;
    return messageOf(error);
  }
}
