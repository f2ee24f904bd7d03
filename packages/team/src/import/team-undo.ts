import { confirmDestructive, openLog, UserError } from "@understudy/core";
import { openSide, type Side, SwapFile, startAndProve, takeKeptDatabase, volumeSwap } from "@understudy/data";
import { mutate, readDataFacts, type Target, toolboxOn, unfinishedSwap, volumeName } from "@understudy/environment";
import { migrateOnNewData } from "@understudy/workflows/on-new-data";
import { forgetKept, type Kept, keptOf, swapFileOf } from "../kept.ts";
import { removeKept } from "./forget-kept.ts";
import { discard, recoverImport, swapOf } from "./import-record.ts";
import { finishOf, swapInKeeping } from "./team-import.ts";

export interface UndoRequest {
  readonly target: Target;
  /** Remove what is kept instead of bringing it back. */
  readonly forget: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What `team:undo --json` says; documented in docs/team.md. */
export interface UndoReport extends Omit<Kept, "facts"> {
  readonly environment: string;
  /** `back`: it is live again, and what was live is kept. `forgotten`: it is gone. */
  readonly result: "back" | "forgotten";
}

/** Bring back the data that the last import replaced; what it had brought is kept in its turn. @throws UserError when nothing is kept */
export async function teamUndo(request: UndoRequest): Promise<UndoReport> {
  const { target, forget, wait, say } = request;
  const { installation, environment } = target;
  await using side = await openSide(target);
  const log = openLog(installation, environment.name, "team");
  const options = {
    verb: "team:undo",
    wait,
    toolbox: await toolboxOn(side.engine),
    overUnfinishedSwap: unfinishedSwap(target)?.finish === finishOf(target),
    log,
    say,
  };
  const question = forget
    ? "The data from before the last import goes for good."
    : `${environment.name}'s data goes back to what it was before the last import.`;
  if (!keptOf(target)) throw nothingKept(target);
  await confirmDestructive(question, request);
  return await mutate(target, side.engine, options, async ({ journal }) => {
    journal.step("recover");
    await recoverImport(side, say);
    const kept = keptOf(target);
    if (!kept) throw nothingKept(target);
    const { facts, ...known } = kept;
    const report = { ...known, environment: environment.name };
    if (forget) {
      journal.step("forget");
      await removeKept(side, kept);
      forgetKept(target);
      return { ...report, result: "forgotten" };
    }
    const record = SwapFile.begin(swapFileOf(target), {
      what: `The way back behind ${kept.by.replace(/^The /, "the ")}`,
      finish: finishOf(target),
      keepsOld: true,
      fromKept: true,
      facts: { before: readDataFacts(target), after: facts },
    });
    try {
      journal.step("take kept");
      await takeKept(side, kept, record);
      await swapInKeeping(side, record, journal, (report) => startAndProve(swapOf(side, record), report));
    } catch (error) {
      if (record.phase === "prepared") await discard(side, record);
      throw error;
    }
    await migrateOnNewData(side.stack, { journal, say, log });
    return { ...report, result: "back" };
  });
}

/** Each is in the record before it is renamed. */
async function takeKept({ engine, server, stack }: Side, kept: Kept, record: SwapFile): Promise<void> {
  const { stackName } = stack.environment;
  await using admin = await server.connect("postgres");
  for (const name of kept.databases) {
    record.addDatabase(name, true);
    await takeKeptDatabase(admin, name);
  }
  for (const name of kept.volumes) {
    record.addVolume(name);
    await volumeSwap(engine, stackName, volumeName(stackName, name)).takeKept();
  }
}

function nothingKept({ environment }: Target): UserError {
  return new UserError(`Nothing is kept of ${environment.name} from before an import`, {
    next: `pnpm backup:list --environment ${environment.name} shows what else could be restored`,
  });
}
