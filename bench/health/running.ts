import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Command } from "../deploy/measure.ts";

export interface Running extends AsyncDisposable {
  readonly pid: number;
  /** @throws with what it printed last, when it has ended. */
  assertRunning(): void;
}

/** Start a program that is to run on. Disposing stops it, by force after ten seconds. */
export async function run({ program, args, env, cwd }: Command): Promise<Running> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      said = (said + text).slice(-4_000);
    });
  }
  await once(child, "spawn");
  const ended = once(child, "exit");
  return {
    pid: child.pid as number,
    assertRunning() {
      if (child.exitCode === null && child.signalCode === null) return;
      throw new Error(`${program} ${args.join(" ")} ended with ${child.exitCode ?? child.signalCode}:\n${said}`);
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      const force = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(force);
    },
  };
}
