import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { messageOf, UserError, writeFileAtomic } from "@understudy/core";

/** One thing that installing or removing a job does. Doing it twice does no harm. */
export type Step =
  | { readonly write: string; readonly text: string }
  | { readonly remove: string }
  /** `input` goes to its standard input; `text` is the part of it that is ours, and may be shown. */
  | { readonly run: readonly string[]; readonly input?: Buffer; readonly text?: string };

/** A step without what is not ours. */
export type ShownStep =
  | Exclude<Step, { readonly run: unknown }>
  | { readonly run: readonly string[]; readonly text?: string };

export function shownStep(step: Step): ShownStep {
  if (!("run" in step)) return step;
  const { run, text } = step;
  return { run, ...(text ? { text } : {}) };
}

/** Do every step. @throws UserError for one that cannot be done; running the verb again goes on from there. */
export async function applySteps(steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if ("run" in step) await runCommand(step.run, step.input);
    else if ("write" in step) asAllowed(step.write, () => writeFileAtomic(step.write, step.text, 0o644));
    else asAllowed(step.remove, () => rmSync(step.remove, { force: true }));
  }
}

/** The step in one line, and the text that it writes. */
export function describeStep(step: ShownStep): string {
  if ("remove" in step) return `remove ${step.remove}\n`;
  const line = "run" in step ? `run ${step.run.join(" ")}\n` : `write ${step.write}\n`;
  return line + (step.text ?? "").replaceAll(/^(?=.)/gm, "    ");
}

/** Run a program to its end; what it printed. @throws UserError with its own words when it fails. */
export async function runCommand([program = "", ...args]: readonly string[], input?: Buffer): Promise<Buffer> {
  const env = { XDG_RUNTIME_DIR: `/run/user/${process.getuid?.()}`, ...process.env, LC_ALL: "C" };
  const child = spawn(program, args, { env, stdio: "pipe" });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on("data", (data: Buffer) => output.push(data));
  child.stderr.on("data", (data: Buffer) => errors.push(data));
  // One that refuses does not read what it is given.
  child.stdin.on("error", () => {}).end(input);
  const line = [program, ...args].join(" ");
  try {
    const [code] = await once(child, "close");
    if (code === 0) return Buffer.concat(output);
    const said = Buffer.concat(errors).toString().trim().replaceAll("\n", "; ");
    throw new CommandFailed(`${line} ended with ${code}: ${said}`, { next: nextAfter(said) });
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    throw new CommandFailed(`${line} cannot be run: ${messageOf(error)}`, { cause: error });
  }
}

/** A program said no. */
export class CommandFailed extends UserError {}

function nextAfter(said: string): string {
  if (/bus|XDG_RUNTIME_DIR/.test(said)) {
    return "Your own service manager does not run. Log in as this user directly, or let it always run: sudo loginctl enable-linger $USER";
  }
  if (/denied|not allowed|authentication/i.test(said)) return "Run it as a user who may, or as root";
  return "Mend that and run the same command again, it goes on from there";
}

function asAllowed(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "EACCES" || code === "EPERM" ? "no permission" : messageOf(error);
    throw new UserError(`${path} cannot be changed (${why})`, {
      next: "Mend that, or run it as another user, and run the same command again: it goes on from there",
      cause: error,
    });
  }
}
