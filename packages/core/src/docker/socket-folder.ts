import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../process-alive.ts";

/**
 * A folder that only we enter, for the socket that leads to a Docker engine elsewhere: `understudy-<kind>-<process id>-<random>`. Folders of
 * processes that were killed are removed.
 * @returns the path of the socket, which is still to be made
 */
export async function socketFolder(
  kind: "ssh" | "agent" | "fleet",
): Promise<{ readonly socket: string; remove(): void }> {
  const prefix = `understudy-${kind}-`;
  await removeLeftovers(prefix);
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  return { socket: join(folder, "docker.sock"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Whether somebody listens at a socket. */
export function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once("connect", () => {
      connection.destroy();
      resolve(true);
    });
    connection.once("error", () => resolve(false));
  });
}

/** A process that was killed could not remove its socket. */
async function removeLeftovers(prefix: string): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(prefix) && /^(\d+)-/.exec(name.slice(prefix.length))?.[1];
    if (!pid || isAlive(Number(pid)) || (await answers(join(tmpdir(), name, "docker.sock")))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Somebody else's: theirs to remove.
    }
  }
}
