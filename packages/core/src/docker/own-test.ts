import type { ContainerInspectInfo } from "dockerode";
import { type Engine, isGone } from "./engine.ts";
import { exec } from "./exec.ts";

/** Whether a container's own health test succeeds now, whatever the engine found when it last asked. One without a test always does. */
export async function passesOwnTest(engine: Engine, info: ContainerInspectInfo): Promise<boolean> {
  const command = testCommand(info.Config.Healthcheck?.Test);
  if (!command) return true;
  const timeout = (info.Config.Healthcheck?.Timeout ?? 0) / 1_000_000 || 30_000;
  try {
    const { exitCode } = await exec(engine, info.Id, command, { timeout });
    return exitCode === 0;
  } catch (error) {
    // It stopped between the look and the test; the next look tells.
    if (isGone(error)) return false;
    throw error;
  }
}

/** The command of a health test as the engine would run it; undefined when there is none. */
function testCommand(test: readonly string[] | undefined): string[] | undefined {
  const [kind, ...rest] = test ?? [];
  if (kind === "CMD") return rest;
  if (kind === "CMD-SHELL") return ["/bin/sh", "-c", rest.join(" ")];
  return undefined;
}
