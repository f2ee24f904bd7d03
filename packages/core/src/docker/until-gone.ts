import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { type Engine, statusOf } from "./engine.ts";

/** How long the engine may take to remove a container that has ended, ms. */
const patience = 120_000;

/**
 * Resolves once a container is gone. It is looked for: the engine's own wait for a removal never answers when it is asked in the moment of
 * the removal (https://github.com/apocas/dockerode/issues/596).
 * @throws UserError when it is still there after two minutes
 */
export async function untilGone(engine: Engine, container: string): Promise<void> {
  const deadline = performance.now() + patience;
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 500)) {
    if (!(await isThere(engine, container))) return;
    if (performance.now() > deadline) {
      throw new UserError(`The engine at ${engine.host} does not remove container ${container.slice(0, 12)}`, {
        next: `Remove it by hand (docker rm --force ${container.slice(0, 12)}), and run again`,
      });
    }
    await sleep(pause);
  }
}

async function isThere(engine: Engine, container: string): Promise<boolean> {
  try {
    await engine.docker.getContainer(container).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}
