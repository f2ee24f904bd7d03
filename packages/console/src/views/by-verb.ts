import { spawn } from "node:child_process";
import { type Installation, UserError } from "@understudy/core";
import pLimit from "p-limit";
import { z } from "zod";
import { errorIn, lastJson } from "../runs/read-run.ts";
import { verbScript } from "../verb-script.ts";

/**
 * What is asked of databases, repositories and n8n: the verb that tells it, with `--json`, as docs/cli-json.md has it. It runs
 * as a process of its own, so that what it opens and loads goes with it, and a bug of it takes nothing else along.
 */
const views = {
  "rollback-points": view({}, () => ["rollback", "--list"]),
  "promotion-plan": view({ from: environment().optional() }, ({ from }) => [
    "promote",
    "--dry-run",
    ...(from === undefined ? [] : ["--from", from]),
  ]),
  policy: view({}, () => ["sync:policy"]),
  "copy-plan": view({}, () => ["sync:production", "--plan"]),
  workflows: view({}, () => ["n8n:status"]),
  "workflow-diff": view({ what: text(), with: environment().optional() }, (asked) => [
    "n8n:diff",
    ...(asked.with === undefined ? [] : ["--with", asked.with]),
    "--",
    asked.what,
  ]),
  records: view({}, () => ["records:status"]),
  "record-history": view({ record: z.uuid() }, ({ record }) => ["records:explain", record]),
  snapshots: view({}, () => ["team:list"]),
  "snapshot-figures": view({}, () => ["team:stats"]),
} as const;

export type ViewName = keyof typeof views;
export const viewNames = Object.keys(views) as ViewName[];

/** The words of a view's command, after `pnpm`. @throws z.ZodError for what cannot be asked */
export function wordsOf(name: ViewName, asked: Readonly<Record<string, unknown>>): string[] {
  const { schema, words } = views[name] as View<z.ZodRawShape>;
  const { environment: of, ...rest } = z.strictObject({ environment: environment(), ...schema }).parse(asked);
  const [verb = "", ...flags] = words(rest as never);
  // Stats are of the installation: they know no environment.
  const named = verb === "team:stats" ? [] : ["--environment", of as string];
  return [verb, "--json", ...named, ...flags];
}

/** How long a view may take once it has begun, ms. */
const patience = 180_000;

/** A page asks for many, and each is a Node of its own: more at once would take the machine from what runs on it. */
const atOnce = pLimit(4);

/** Run a view's verb. @returns what it printed; also where it ends with 1 to say that something is not yet as it should be */
export async function readView(installation: Installation, words: readonly string[]): Promise<unknown> {
  const [verb = "", ...flags] = words;
  const [program, ...script] = verbScript(verb);
  const { stdout, stderr } = await atOnce(() => outputOf(program, [...script, ...flags], installation));
  const printed = lastJson(stdout);
  const error = errorIn(printed);
  if (error) throw new UserError(error.message, error.next ? { next: error.next } : {});
  if (printed === undefined) {
    const last = stderr.trimEnd().split("\n").at(-1) ?? "";
    throw new UserError(`pnpm ${verb} told nothing${last ? `: ${last}` : ""}`, { next: `Run it: pnpm ${verb}` });
  }
  return printed;
}

function outputOf(
  program: string,
  words: readonly string[],
  { root }: Installation,
): Promise<{ stdout: string; stderr: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ stdout: string; stderr: string }>();
  const child = spawn(program, words, {
    cwd: root,
    env: { ...process.env, UNDERSTUDY_ROOT: root, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: patience,
  });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (piece: string) => {
      said[stream] += piece;
      if (said[stream].length > 32_000_000) child.kill();
    });
  }
  child.once("error", reject);
  child.once("close", () => resolve(said));
  return promise;
}

interface View<Shape extends z.ZodRawShape> {
  readonly schema: Shape;
  words(asked: z.output<z.ZodObject<Shape>>): string[];
}

function view<Shape extends z.ZodRawShape>(schema: Shape, words: View<Shape>["words"]): View<Shape> {
  return { schema, words };
}

function environment() {
  return z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
}

function text() {
  return z
    .string()
    .min(1)
    .max(300)
    .regex(/^\P{Cc}*$/u);
}
