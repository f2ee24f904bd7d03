import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { firstFailure, formatUserError, messageOf, UserError } from "../errors.ts";
import { secrets } from "../redact.ts";

export interface VerbDefinition<Options, Arguments extends string[]> {
  /** As in package.json, e.g. `deploy:staging`. */
  readonly name: string;
  readonly description: string;
  readonly examples: readonly string[];
  /** Adds flags and arguments. */
  configure(command: Command): Command;
  /** Does the work. Resolves with the exit code, 0 when nothing is returned. */
  run(options: Options, ...args: Arguments): Promise<number | undefined> | Promise<void>;
}

/**
 * Run a verb when its file is the program: parse the flags, run, and leave with the right exit code.
 * A person's mistake prints one line (1, or 2 for flags); a bug prints its stack. With `--json`, errors are JSON on
 * standard output too: `{"error":{"message","next"}}`.
 */
export async function runVerb<Options, Arguments extends string[]>(
  moduleUrl: string,
  verb: VerbDefinition<Options, Arguments>,
): Promise<void> {
  if (realpathSync(process.argv[1] ?? "") !== fileURLToPath(moduleUrl)) return;
  process.stdout.on("error", endQuietlyOnClosedPipe);
  const json = process.argv.includes("--json");
  try {
    process.exitCode = await parseAndRun(verb, process.argv.slice(2));
  } catch (error) {
    process.exitCode = report(error, json);
  }
}

async function parseAndRun<Options, Arguments extends string[]>(
  verb: VerbDefinition<Options, Arguments>,
  argv: string[],
): Promise<number> {
  const command = verb.configure(
    new Command(verb.name)
      .description(verb.description)
      .usage("[flags]")
      .allowExcessArguments(false)
      .addHelpText("after", `\nExamples:\n${verb.examples.map((line) => `  ${line}`).join("\n")}\n`)
      .configureOutput({ outputError: () => {} })
      .exitOverride(),
  );
  try {
    command.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    throw new UserError(
      error.message
        .replace(/^error: /, "")
        .replace(/\.$/, "")
        .replaceAll("\n", " "),
      {
        next: `pnpm ${verb.name} --help shows the flags`,
        exitCode: 2,
      },
    );
  }
  return (await verb.run(command.opts() as Options, ...(command.args as Arguments))) ?? 0;
}

/** Print one line for an expected failure, a stack for a bug; returns the exit code. */
function report(thrown: unknown, json: boolean): number {
  const error = firstFailure(thrown);
  const expected = error instanceof UserError;
  const line = secrets.redact(expected ? formatUserError(error) : ((error as Error).stack ?? messageOf(error)));
  process.stderr.write(`${expected ? "error: " : "bug: "}${line}\n`);
  if (json) {
    const next = expected ? error.next : "Report it with logs/ of the run";
    process.stdout.write(`${JSON.stringify({ error: secrets.redactData({ message: messageOf(error), next }) })}\n`);
  }
  return expected ? error.exitCode : 1;
}

function endQuietlyOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(process.exitCode ?? 0);
}
