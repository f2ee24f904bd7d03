import {
  type ChangedTable,
  listBackups,
  readBackup,
  refuseOtherKeys,
  restoreUnderLock,
  type StoredBackup,
  writesSince,
} from "@understudy/backup";
import { confirmDestructive, countInWords, type Engine, openLog, UserError } from "@understudy/core";
import { discardOld, openSide, putInPlace } from "@understudy/data";
import { chooseTarget, connectTo, recordedDeployment, stackOf, type Target } from "@understudy/environment";
import type { DeployOutcome } from "../change-stack.ts";
import type { TurnoverReport } from "../edge/turnovers.ts";
import { runHook } from "../hooks.ts";
import { ensureToolbox } from "../images/acquire.ts";
import { migratedDatabases } from "../migrations/migrated.ts";
import { mutateStack } from "../mutate-stack.ts";
import { type Holdings, type ListedPoint, listPoints } from "../points/list-points.ts";
import { recordedAt } from "../points/recorded-at.ts";
import { tagTime } from "../points/tag-name.ts";
import {
  changeRelease,
  proveRelease,
  type ReleaseChange,
  recoverChange,
  workflowsAt,
} from "../promotion/change-release.ts";
import { secure } from "../promotion/secure.ts";
import { markChangeEnded } from "../promotion/unfinished.ts";
import { workflowsSince } from "../workflows.ts";
import { choosePoint } from "./choose-point.ts";

export interface RollbackRequest {
  /** Production unless told. */
  readonly environment: string | undefined;
  /** The newest good point unless told. */
  readonly tag: string | undefined;
  readonly withData: boolean;
  /** Shortest way: no question, no backup of the present. */
  readonly emergency: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What `rollback --json` says; documented in docs/rollback.md. */
export interface RollbackReport {
  readonly environment: string;
  /** The point that was, or would be, gone back to. */
  readonly tag: string;
  readonly release: string;
  readonly withData: boolean;
  readonly result: "rolled back" | "planned";
  readonly differs: readonly string[];
  /** With data: tables that are not as they were then. */
  readonly lost: readonly ChangedTable[];
  /** Without data: names of the workflow migrations that are taken back; null where n8n's database was not, or could not be, asked. */
  readonly workflows: readonly string[] | null;
  /** The way back to what ran before; null in an emergency. */
  readonly present: string | null;
  /** How long requests of each service waited at the edge, ms. With data, all services were away. */
  readonly held: readonly TurnoverReport[];
  readonly seconds: number;
}

/** The rollback points of an environment, the newest first. @throws UserError */
export async function listRollbackPoints(environment: string | undefined): Promise<ListedPoint[]> {
  const target = chooseTarget({ environment }, "production");
  await using engine = await connectTo(target);
  return await listPoints(target, await holdingsOf(target, engine));
}

/** Make an environment run what it ran at a rollback point; with its data of then, if that is asked for. @throws UserError */
export async function rollback(request: RollbackRequest): Promise<RollbackReport> {
  const { tag, withData, emergency, dryRun, say } = request;
  const target = chooseTarget({ environment: request.environment }, "production");
  const { environment } = target;
  await using engine = await connectTo(target);
  const point = choosePoint(await listPoints(target, await holdingsOf(target, engine)), tag, withData);
  const backup = withData || !emergency ? await backupOf(target, engine, point) : undefined;
  const changed = backup ? await changedSince(target, backup) : [];
  if (withData && backup) refuseOtherKeys(await stackOf(target), backup.manifest.id, backup.files);
  const report = {
    environment: environment.name,
    tag: point.tag,
    release: recordedAt(target, point.tag).release.id,
    withData,
    differs: point.differs,
    lost: withData ? changed : [],
    // In an emergency nobody waits for an answer that changes nothing.
    workflows: withData ? [] : emergency ? null : await workflowsBack(target, point),
    seconds: 0,
  };
  for (const line of warnings(point, withData, changed)) say(line);
  if (!emergency) for (const line of workflowLines(report.workflows, point)) say(line);
  if (dryRun) return { ...report, result: "planned", present: null, held: [] };
  const data = withData ? ` Its data goes back to ${point.time}.` : "";
  await confirmDestructive(`${environment.name} goes back to ${point.tag}.${data}`, {
    yes: request.yes || emergency,
  });
  const done = await underLock(target, engine, point, withData ? backup : undefined, request);
  // Since the process began: what the person waited.
  return { ...report, result: "rolled back", ...done, seconds: Math.round(performance.now() / 100) / 10 };
}

async function underLock(
  target: Target,
  engine: Engine,
  { tag }: ListedPoint,
  backup: StoredBackup | undefined,
  { emergency, wait, say }: RollbackRequest,
): Promise<Pick<RollbackReport, "present" | "held">> {
  const log = openLog(target.installation, target.environment.name, "rollback");
  const options = { verb: "rollback", wait, toolbox: await ensureToolbox(engine, say), log, say };
  return await mutateStack(target, engine, options, async (mutation) => {
    const change: ReleaseChange = {
      ...{ verb: "rollback", target, engine, mutation, straight: emergency, log, say },
      // Data of then has the workflows of then.
      workflows: backup ? undefined : workflowsAt(tag),
    };
    mutation.journal.step("recover");
    await recoverChange(change);
    const to = recordedAt(target, tag);
    const variables = { release: to.release.id, tag };
    await runHook(target, "pre-rollback", { variables, say });
    const present = emergency ? undefined : await secure(target, engine, { verify: false, mutation, log, say });
    mutation.journal.step("go back", { tag, release: to.release.id, backup: backup?.manifest.id });
    const run = backup ? () => withItsData(change, to, { backup, wayBack: present !== undefined }) : undefined;
    const { turnovers } = await changeRelease(change, to, { tag: present?.tag ?? null, ...(run ? { run } : {}) });
    await runHook(target, "post-rollback", { variables, say }).catch((error) => {
      if (!(error instanceof UserError)) throw error;
      say(`warning: ${error.message}`);
    });
    log.info({ tag, release: to.release.id, present }, "rolled back");
    return { present: present?.tag ?? null, held: turnovers };
  });
}

/** Its data takes the place of the present while no service runs, and the present goes only once the release was watched on it. */
async function withItsData(
  change: ReleaseChange,
  to: ReturnType<typeof recordedAt>,
  { backup, wayBack }: { readonly backup: StoredBackup; readonly wayBack: boolean },
): Promise<DeployOutcome> {
  const { target, mutation, say } = change;
  let outcome: DeployOutcome | undefined;
  await using side = await openSide(target);
  await restoreUnderLock(side, backup, mutation.journal, {
    finish: `pnpm recover --environment ${target.environment.name}`,
    swap: async (swap) => {
      mutation.journal.step("swap");
      await putInPlace(swap, {
        report: say,
        prove: async () => {
          outcome = await proveRelease({ ...change, mutation: { ...mutation, resumed: true } }, to);
        },
        // The way back starts the release that belongs to the old data.
        startOnOld: !wayBack,
      });
      markChangeEnded(target);
      await discardOld(swap);
    },
  });
  if (!outcome) throw new Error("data was swapped without a release");
  return outcome;
}

async function holdingsOf(target: Target, engine: Engine): Promise<Holdings> {
  const [backups, images] = await Promise.all([listBackups(target), engine.docker.listImages({ all: true })]);
  return {
    backups: new Map(backups.map(({ id, verified, bytes }) => [id, { verified: verified ?? false, bytes }])),
    images: new Set(images.map(({ Id }) => Id)),
  };
}

async function backupOf(target: Target, engine: Engine, point: ListedPoint): Promise<StoredBackup | undefined> {
  return point.backup && !point.dataProblem ? await readBackup(target, engine, point.backup) : undefined;
}

async function changedSince(target: Target, { manifest }: StoredBackup): Promise<ChangedTable[]> {
  if (!recordedDeployment(target)) return [];
  await using side = await openSide(target);
  return await writesSince(side, manifest);
}

/** What stands still may not be asked, and is gone back from none the less. */
async function workflowsBack(target: Target, { tag }: ListedPoint): Promise<readonly string[] | null> {
  try {
    return await workflowsSince(await stackOf(target), tagTime(tag));
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function workflowLines(names: readonly string[] | null, { tag }: ListedPoint): string[] {
  if (names) return names.map((name) => `  ${name}: was applied since ${tag}, and is taken back`);
  return [`warning: n8n's database does not answer, so it is not known which workflow migrations are taken back`];
}

function warnings({ tag, time }: ListedPoint, withData: boolean, changed: readonly ChangedTable[]): string[] {
  if (withData) {
    return changed.map(
      ({ database, table, rowsThen, rowsNow }) =>
        `  ${database}: ${table} has ${rows(rowsNow)} now, and will have ${rows(rowsThen)}, as of ${time}`,
    );
  }
  const migrated = migratedDatabases(changed);
  if (migrated.length === 0) return [];
  return [
    `warning: ${migrated.join(", ")} was migrated since ${tag}: the older release may not run on it. --with-data takes the data back too`,
  ];
}

function rows(count: number | null): string {
  return count === null ? "no such table" : `${countInWords(count)} rows`;
}
