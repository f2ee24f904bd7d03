import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Start a program that ends when this process does, however it does; `signal` is what it is then sent. Its output goes to `file`. */
export function startLogged(
  file: string,
  command: readonly string[],
  { signal = "TERM", env = process.env }: { signal?: "TERM" | "KILL"; env?: NodeJS.ProcessEnv } = {},
): ChildProcess {
  const log = openSync(file, "a");
  const child = spawn("setpriv", ["--pdeathsig", signal, ...command], { stdio: ["ignore", log, log], env });
  closeSync(log);
  return child;
}

/** Send a child a signal, and see it end. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once("exit", resolve));
  // One that a test has stopped does not hear a signal before it goes on.
  child.kill("SIGCONT");
  child.kill(signal);
  await end;
}

/** Wait, up to a minute. @throws Error with the ends of the log files. */
export async function untilReady(what: string, logs: readonly string[], ready: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; !ready(); await sleep(200)) {
    if (Date.now() < deadline) continue;
    const ends = logs.filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8").slice(-2_000));
    throw new Error(`${what} does not answer:\n${ends.join("\n")}`);
  }
}

/** Whether a command succeeds within ten seconds. */
export function answers([program = "", ...args]: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "pipe", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

export function childrenOf(pid: number | undefined): number[] {
  const list = execFileSync("ps", ["-eo", "pid=,ppid="]).toString().trim().split("\n");
  return list
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (child && parent === pid ? [child] : []));
}

/** An engine leaves its folder mounted on itself; one that was killed, its containers' file systems too. */
export function unmountBelow(folder: string): void {
  const points = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? []);
  for (const point of points.filter((one) => one.startsWith(`${folder}/`)).reverse())
    execFileSync("umount", ["--lazy", point]);
}
