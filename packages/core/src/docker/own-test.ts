import type { ContainerInspectInfo } from "dockerode";
import { type Engine, isGone } from "./engine.ts";
import { type ExecResult, exec } from "./exec.ts";

/** What a shell says when it cannot be run, or a command of it. */
const notThere = [126, 127];

/** Until a command succeeds, or its time is over: `$0` seconds. */
const patiently =
  'end=$(($(date +%s) + $0)); until "$@" >/dev/null 2>&1; do [ $(date +%s) -ge $end ] && exit 1; sleep 0.2; done';

/** Whether a container's own health test succeeds now, whatever the engine found when it last asked. One without a test always does. */
export async function passesOwnTest(engine: Engine, info: ContainerInspectInfo): Promise<boolean> {
  const command = testCommand(info);
  return !command || (await run(engine, info, command))?.exitCode === 0;
}

/**
 * Whether a container's own health test succeeds within some seconds. The waiting is done in the container: to start a process there takes
 * 70 ms of processor time, which slows the very boot that is waited for. Without a shell there it is `passesOwnTest`.
 * @param seconds whole ones; a test that hangs may take longer
 */
export async function awaitOwnTest(engine: Engine, info: ContainerInspectInfo, seconds: number): Promise<boolean> {
  const command = testCommand(info);
  if (!command) return true;
  const result = await run(engine, info, ["/bin/sh", "-c", patiently, String(seconds), ...command], seconds);
  if (result && notThere.includes(result.exitCode)) return await passesOwnTest(engine, info);
  return result?.exitCode === 0;
}

/** @param longer seconds that it may take more than the test itself @returns undefined when the container does not run */
async function run(
  engine: Engine,
  info: ContainerInspectInfo,
  command: readonly string[],
  longer = 0,
): Promise<ExecResult | undefined> {
  const timeout = (info.Config.Healthcheck?.Timeout ?? 0) / 1_000_000 || 30_000;
  try {
    return await exec(engine, info.Id, command, { timeout: timeout + longer * 1_000 });
  } catch (error) {
    // It stopped between the look and the test; the next look tells.
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The command of a health test as the engine would run it; undefined when there is none. */
function testCommand({ Config }: ContainerInspectInfo): string[] | undefined {
  const [kind, ...rest] = Config.Healthcheck?.Test ?? [];
  if (kind === "CMD") return rest;
  if (kind === "CMD-SHELL") return ["/bin/sh", "-c", rest.join(" ")];
  return undefined;
}
