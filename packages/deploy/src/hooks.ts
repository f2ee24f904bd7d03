import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { secrets, UserError } from "@understudy/core";
import type { Target } from "@understudy/environment";

export type HookName = "pre-promote" | "post-promote" | "pre-rollback" | "post-rollback";

export interface HookOptions {
  /** Told to the hook as `UNDERSTUDY_<NAME>`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/**
 * Run `hooks/<name>` of an installation, if it has one, under the environment's lock; what it prints is passed on.
 * @throws UserError when it does not end with 0
 */
export async function runHook(
  { installation, environment }: Target,
  name: HookName,
  options: HookOptions,
): Promise<void> {
  const file = join(installation.root, "hooks", name);
  if (!existsSync(file)) return;
  refuseNotExecutable(file);
  const variables = { environment: environment.name, ...options.variables };
  const told = Object.entries(variables).map(([key, value]) => [`UNDERSTUDY_${key.toUpperCase()}`, value]);
  const child = spawn(file, [], {
    cwd: installation.root,
    env: { ...process.env, ...Object.fromEntries(told) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let last = "";
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      last = secrets.redact(line);
      options.say(`hooks/${name}: ${last}`);
    });
  }
  const [code, signal] = await once(child, "close").catch((error) => {
    throw notRunnable(file, error);
  });
  if (code === 0) return;
  throw new UserError(`hooks/${name} ended with ${signal ?? `code ${code}`}${last ? `: ${last}` : ""}`, {
    next: "Mend the hook, or take it away",
  });
}

function refuseNotExecutable(file: string): void {
  try {
    accessSync(file, constants.X_OK);
  } catch (error) {
    throw notRunnable(file, error);
  }
}

function notRunnable(file: string, cause: unknown): UserError {
  return new UserError(`${file} cannot be run`, {
    next: `Make it executable (chmod +x ${file}), and its first line one that names a program, such as #!/bin/sh`,
    cause,
  });
}
