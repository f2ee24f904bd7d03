import {
  audit,
  closeQuietWindow,
  type Engine,
  firstFailure,
  giveWay,
  HostSession,
  Journal,
  keepQuiet,
  type Log,
  messageOf,
  openQuietWindow,
  UserError,
} from "@understudy/core";
import type { OpenRun } from "./book/book.ts";
import { isShared } from "./book/connect.ts";
import { Keeper } from "./book/keeper.ts";
import { bookMount } from "./book/on-host.ts";
import { refuseSwapElsewhere, refuseUnfinishedSwap } from "./swap-fact.ts";
import type { Target } from "./target.ts";

export interface MutationOptions {
  readonly verb: string;
  readonly wait: boolean;
  /** Toolbox image on the target host. */
  readonly toolbox: string;
  readonly log: Log;
  /** The stack is down afterwards, as the person wants it: no alarm. */
  readonly staysDown?: boolean;
  /** It only reads the environment: alarms go on as ever. */
  readonly onlyReads?: boolean;
  /** It may run while the swap of a copy is unfinished: it mends it, or starts no service. */
  readonly overUnfinishedSwap?: boolean;
  /** Of a swarm: ID of the node that the lock is to be on. Default: the one that leads. */
  readonly node?: string | undefined;
  /** Called under the lock when the run before did not end well, before anything else. */
  readonly afterFailure?: () => Promise<void>;
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
    node: options.node,
    mounts: isShared(target) ? [bookMount(environment.stackName)] : [],
  });
  const shared = isShared(target) ? await Keeper.open(target, engine, session) : undefined;
  await using keeper = shared?.keeper;
  if (environment.kind === "production" && !engine.remote) giveWay();
  if (options.overUnfinishedSwap) refuseSwapElsewhere(target, options.verb);
  else refuseUnfinishedSwap(target);
  const journal = new Journal(installation, environment.name, options.verb, (line) => keeper?.step(line));
  const interrupted = journal.interrupted();
  const resumed = !journal.endedWell();
  if (interrupted)
    options.say(
      `The last ${interrupted.verb}${byWhom(shared?.cutOff)} was cut off at "${interrupted.step}" (${interrupted.at}); going on from what it left`,
    );
  await keeper?.begin({ run: journal.run, verb: options.verb });
  if (resumed) await options.afterFailure?.();
  const record = (result: "started" | "succeeded" | "failed", detail?: unknown) =>
    audit(installation, { what: options.verb, environment: environment.name, result, detail });
  record("started");
  if (!options.onlyReads) openQuietWindow(installation, environment.name, { what: options.verb });
  try {
    const outcome = await action({ session, journal, resumed });
    journal.end("succeeded");
    await keeper?.end();
    record("succeeded");
    if (options.staysDown) keepQuiet(installation, environment.name);
    else if (!options.onlyReads) closeQuietWindow(installation, environment.name);
    return outcome;
  } catch (thrown) {
    const error = firstFailure(thrown);
    options.log.error(
      { error: messageOf(error), stack: error instanceof UserError ? undefined : (error as Error).stack },
      "failed",
    );
    if (!options.onlyReads) closeQuietWindow(installation, environment.name);
    journal.end("failed");
    record("failed", messageOf(error).split("\n")[0]);
    // Where this fails too, the next run finds this one as cut off, which comes to the same.
    await keeper?.end().catch((failure) => options.log.error({ error: messageOf(failure) }, "not noted on the host"));
    throw thrown;
  }
}

function byWhom(run: OpenRun | undefined): string {
  return run ? ` by ${run.by} (${run.where})` : "";
}
