import { execFile } from "node:child_process";
import { exec, UserError } from "@understudy/core";
import { z } from "zod";
import type { Check, CheckContext, Observation } from "../check.ts";
import { judge } from "../conditions/judge.ts";
import { type Matcher, matcher } from "../conditions/matcher.ts";
import { measure } from "../conditions/measure.ts";
import { fields } from "../definitions/fields.ts";
import { base, type CheckType, definition } from "./common.ts";

const success: Matcher = { equals: 0 };

const schema = definition("command", "host", {
  /** A text is given to sh; a list is run as it is. */
  run: z.union([z.string().min(1), z.tuple([z.string().min(1)], z.string())], {
    error: "must be a command line, or a list: the program and its arguments",
  }),
  expect: fields({
    exitCode: matcher.default(success),
    /** What it printed, without the last line break. */
    output: matcher.optional(),
  }).prefault({}),
});

type Definition = z.output<typeof schema>;

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in the service's container; for `host`, on this machine. Its thresholds are for the number that it prints. */
export const command: CheckType<typeof schema> = {
  type: "command",
  schema,
  make: (definition): Check => ({
    ...base(definition, { unit: "", bad: "above" }),
    needs: definition.service === "host" ? [] : [definition.service],
    look: async (context, signal) => {
      const words = typeof definition.run === "string" ? ["/bin/sh", "-c", definition.run] : definition.run;
      const { service, timeout } = definition;
      const ended = service === "host" ? await runHere(words, signal) : await runIn(context, service, words, timeout);
      return observe(definition, ended);
    },
  }),
};

function observe({ expect, thresholds }: Definition, { exitCode, stdout, stderr }: Ended): Observation {
  const output = stdout.trimEnd();
  const judged = judge(
    [
      { what: "exit code", value: exitCode, matcher: expect.exitCode },
      { what: "output", value: output, matcher: expect.output },
    ],
    output.split("\n")[0]?.slice(0, 120) || `exit code ${exitCode}`,
  );
  const lines = `${stdout}${stderr}`.trimEnd().split("\n").slice(-10);
  return { ...measure(judged, output, thresholds), lines };
}

async function runIn(
  context: CheckContext,
  service: string,
  words: readonly string[],
  timeout: number,
): Promise<Ended> {
  const info = context.containers.get(service);
  if (!info) throw new UserError(`${service} has no container`);
  // Longer than the look: only so that no command is waited for for ever.
  return await exec(context.engine, info.Id, words, { timeout: timeout + 1_000 });
}

function runHere([program = "", ...words]: readonly string[], signal: AbortSignal): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  execFile(program, words, { signal, killSignal: "SIGKILL", maxBuffer: 1_048_576 }, (error, stdout, stderr) => {
    const code = error ? error.code : 0;
    if (typeof code === "number") resolve({ exitCode: code, stdout, stderr });
    else if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") reject(new UserError("it printed more than 1 MiB"));
    else if (code === "ENOENT") reject(new UserError(`there is no program ${program} here`));
    else if (error?.signal && !signal.aborted) reject(new UserError(`${program} was ended by ${error.signal}`));
    else reject(error);
  });
  return promise;
}
