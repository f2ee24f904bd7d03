import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface Measured {
  /** ms from start to exit. */
  readonly took: number;
  /** Bytes: the most that the process and its descendants held at once (RSS, summed), looked at every 50 ms. */
  readonly memory: number;
}

/** Run a command to its end. @throws with its output when it does not end well. */
export async function measure({ program, args, env, cwd }: Command): Promise<Measured> {
  const began = performance.now();
  const child = spawn(program, args, { env: { ...process.env, ...env }, cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      said = (said + text).slice(-4_000);
    });
  let memory = 0;
  const look = () => {
    memory = Math.max(memory, residentMemory(child.pid ?? 0));
  };
  const timer = setInterval(look, 50);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  }).finally(() => clearInterval(timer));
  if (exitCode !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${exitCode}:\n${said}`);
  return { took: performance.now() - began, memory };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function residentMemory(pid: number): number {
  const kibibytes = Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  return childrenOf(pid).reduce((sum, child) => sum + residentMemory(child), kibibytes * 1_024);
}

/** Any thread can have started a child. */
function childrenOf(pid: number): number[] {
  const threads = list(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(" "));
  return children.filter(Boolean).map(Number);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A process may end between two looks. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
