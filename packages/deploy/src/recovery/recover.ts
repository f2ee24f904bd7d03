import { continueAll, recoverRestore } from "@understudy/backup";
import { Journal, openLog, UserError } from "@understudy/core";
import { openSide } from "@understudy/data";
import {
  chooseTarget,
  connectTo,
  type EnvironmentChoice,
  type Target,
  takeSnapshot,
  unfinishedSwap,
} from "@understudy/environment";
import { recoverImport, unfinishedImport } from "@understudy/team";
import { ensureToolbox } from "../images/acquire.ts";
import { mutateStack } from "../mutate-stack.ts";
import { recoverChange } from "../promotion/change-release.ts";
import { markChangeEnded, unfinishedChange } from "../promotion/unfinished.ts";

export interface RecoverRequest extends EnvironmentChoice {
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What `recover --json` says; documented in docs/rollback.md. */
export interface RecoverReport {
  readonly environment: string;
  /** What was brought to an end, for people; none: nothing had been left open. */
  readonly recovered: readonly string[];
}

/** Bring to an end what killed runs left of an environment: writers that stand still, data half swapped, a release half changed. @throws UserError */
export async function recover(request: RecoverRequest): Promise<RecoverReport> {
  const { wait, say } = request;
  const target = chooseTarget(request);
  const { installation, environment } = target;
  await using engine = await connectTo(target);
  const log = openLog(installation, environment.name, "recover");
  const interrupted = new Journal(installation, environment.name, "recover").interrupted();
  const options = {
    verb: "recover",
    wait,
    toolbox: await ensureToolbox(engine, say),
    overUnfinishedSwap: true,
    log,
    say,
  };
  const recovered = await mutateStack(target, engine, options, async (mutation) => {
    const { stackName } = environment;
    const done: string[] = [];
    mutation.journal.step("writers");
    const { containers } = await takeSnapshot(engine, stackName);
    const stood = await continueAll(engine, { stackName, containers: [...containers.values()] });
    if (stood.length) done.push(`${stood.join(", ")} stood still, and run again`);
    refuseOthersSwap(target);
    mutation.journal.step("data");
    if (unfinishedSwap(target) || unfinishedImport(target)) {
      const live = await recoverData(target, say);
      if (live) done.push(words[live]);
    }
    mutation.journal.step("release");
    const release = await recoverChange({ verb: "rollback", target, engine, mutation, log, say });
    if (release) done.push(`a change of release that was cut off: ${release} runs`);
    return done;
  });
  const verb = interrupted && /^deploy:/.test(interrupted.verb) ? interrupted.verb : undefined;
  if (verb) say(`The last ${verb} was cut off at "${interrupted?.step}": run it again, it goes on from there`);
  return { environment: environment.name, recovered };
}

const words = {
  restored: "data that was swapped and proven: what it replaced is removed",
  old: "data that was half swapped: what served before serves again",
  imported: "an import that was proven: what it replaced is kept",
} as const;

/** The release that belongs to the data stays, or comes back and starts on it. */
async function recoverData(target: Target, say: (line: string) => void): Promise<keyof typeof words | undefined> {
  await using side = await openSide(target);
  const imported = await recoverImport(side, say);
  if (imported) return imported;
  return await recoverRestore(side, {
    say,
    startOnOld: !unfinishedChange(target)?.tag,
    onKept: () => markChangeEnded(target),
  });
}

/** A copy of production's data is gone on with by its own verb. */
function refuseOthersSwap(target: Target): void {
  const swap = unfinishedSwap(target);
  if (!swap?.finish.startsWith("pnpm sync:")) return;
  throw new UserError(`${swap.what} was cut off while its data was swapped in`, { next: `Finish it: ${swap.finish}` });
}
