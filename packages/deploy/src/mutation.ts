import { audit, type Engine, HostSession, Journal, type Log, messageOf, UserError } from "@understudy/core";
import type { Target } from "./context/prepare.ts";
import { awaitOrphanedEngine, workFolder } from "./engine/orphans.ts";

export interface MutationOptions {
  readonly verb: string;
  readonly wait: boolean;
  /** Toolbox image on the target host. */
  readonly toolbox: string;
  readonly log: Log;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

export interface Mutation {
  readonly session: HostSession;
  readonly journal: Journal;
  /** Whether the run before this one did not end well: it was cut off, or it failed. */
  readonly resumed: boolean;
}

/** Do something to an environment under its lock, journaled and audited. Nothing that changes a stack goes round this. */
export async function mutate<T>(
  target: Target,
  engine: Engine,
  options: MutationOptions,
  action: (mutation: Mutation) => Promise<T>,
): Promise<T> {
  const { installation, environment } = target;
  await using session = await HostSession.open(engine, {
    stackName: environment.stackName,
    environment: environment.name,
    verb: options.verb,
    image: options.toolbox,
    wait: options.wait,
    onLost: () => {
      options.log.fatal("the lock was lost");
      process.stderr.write(
        `error: The lock of ${environment.name} was lost. Run the same command again, it goes on from there\n`,
      );
      process.exit(1);
    },
    onWait: (holder) => options.say(`Waiting: ${environment.name} is locked by ${holder}`),
  });
  const journal = new Journal(installation, environment.name, options.verb);
  const interrupted = journal.interrupted();
  const resumed = !journal.endedWell();
  if (interrupted)
    options.say(
      `The last ${interrupted.verb} was cut off at "${interrupted.step}" (${interrupted.at}); going on from what it left`,
    );
  if (resumed) await awaitOrphanedEngine(workFolder(installation, environment.name), options.say);
  const record = (result: "started" | "succeeded" | "failed", detail?: unknown) =>
    audit(installation, { what: options.verb, environment: environment.name, result, detail });
  record("started");
  try {
    const outcome = await action({ session, journal, resumed });
    journal.end("succeeded");
    record("succeeded");
    return outcome;
  } catch (error) {
    options.log.error(
      { error: messageOf(error), stack: error instanceof UserError ? undefined : (error as Error).stack },
      "failed",
    );
    journal.end("failed");
    record("failed", messageOf(error).split("\n")[0]);
    throw error;
  }
}
