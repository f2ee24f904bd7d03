import { execFile } from "node:child_process";
import { access, constants, readFile, statfs } from "node:fs/promises";
import { arch, platform, release, totalmem } from "node:os";
import { delimiter, join } from "node:path";

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** All that the doctor may ask of the machine. Checks see nothing else, so tests can stand in for any machine. */
export interface Probe {
  readonly env: NodeJS.ProcessEnv;
  /** As `uname` says it: `linux`, `darwin`; `x64`, `arm64`; the kernel's release. */
  system(): { platform: string; arch: string; release: string };
  memoryBytes(): number;
  /** Milliseconds since 1970. */
  now(): number;
  /** Free for an ordinary user; undefined when the path cannot be looked at. */
  freeBytes(path: string): Promise<number | undefined>;
  readText(path: string): Promise<string | undefined>;
  /** The path of a program: looked for on the PATH, or the given absolute path when it can be executed. */
  find(program: string): Promise<string | undefined>;
  /** Undefined when the program cannot be started or says nothing for 10 s. */
  run(program: string, args: readonly string[]): Promise<CommandResult | undefined>;
}

/** This machine. */
export function machine(env: NodeJS.ProcessEnv = process.env): Probe {
  return {
    env,
    system: () => ({ platform: platform(), arch: arch(), release: release() }),
    memoryBytes: totalmem,
    now: Date.now,
    freeBytes: (path) =>
      statfs(path).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => undefined,
      ),
    readText: (path) => readFile(path, "utf8").catch(() => undefined),
    find: (program) => find(program, env),
    run,
  };
}

async function find(program: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folders = program.includes("/") ? [""] : (env.PATH ?? "").split(delimiter).filter(Boolean);
  for (const folder of folders) {
    const path = folder ? join(folder, program) : program;
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

function run(program: string, args: readonly string[]): Promise<CommandResult | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 10_000 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") resolve(undefined);
      else resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}
