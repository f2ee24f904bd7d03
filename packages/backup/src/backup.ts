import { type Journal, openLog, UserError } from "@understudy/core";
import { openSide, type Side } from "@understudy/data";
import { mutate, type Target, toolboxOn } from "@understudy/environment";
import { folderOf } from "./artifacts.ts";
import { readHoldings } from "./catalog.ts";
import { newBackupId } from "./manifest/backup-id.ts";
import { remember } from "./news.ts";
import { repositoryOf } from "./open-repository.ts";
import type { Proof } from "./proof/proof.ts";
import { proveBackup } from "./proof/prove-backup.ts";
import { type BackupReport, backupReport } from "./report/backup-report.ts";
import { Repository } from "./repository/repository.ts";
import { planBackup } from "./take/plan-backup.ts";
import { type Taken, takeBackup } from "./take/take-backup.ts";

export interface BackupRequest {
  readonly target: Target;
  /** Restore it for a test, and start the services on it. */
  readonly verify: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/**
 * Store an environment as it is at one moment, and prove that it can be restored.
 * @throws UserError; also when the backup cannot be restored: it stays, and is not called good.
 */
export async function backup({ target, verify, wait, say }: BackupRequest): Promise<BackupReport> {
  const log = openLog(target.installation, target.environment.name, "backup");
  await using side = await openSide(target);
  const options = { verb: "backup", wait, toolbox: await toolboxOn(side.engine), onlyReads: true, log, say };
  const report = await mutate(target, side.engine, options, async ({ journal }) => {
    try {
      return await backupUnderLock(side, verify, journal);
    } catch (error) {
      remember(side.stack, { result: "failed" });
      throw error;
    }
  });
  log.info({ report }, "backup");
  return report;
}

/** For verbs that hold the environment's lock already. @throws UserError; also when the backup cannot be restored */
export async function backupUnderLock(side: Side, verify: boolean, journal: Journal): Promise<BackupReport> {
  const began = performance.now();
  const taken = await storeBackup(side, journal);
  const { id } = taken.manifest;
  const proof = verify ? await proveBackup(side, taken.manifest, journal) : undefined;
  if (proof?.result === "failed") throw notProven(id, proof);
  remember(side.stack, { result: "succeeded", id, verified: proof !== undefined });
  return backupReport(taken, proof, performance.now() - began);
}

/** The same without the proof, and not what health checks look at: for a verb that keeps the present before it changes it. @throws UserError */
export async function keepPresent(side: Side, journal: Journal): Promise<BackupReport> {
  const began = performance.now();
  const taken = await storeBackup(side, journal);
  return backupReport(taken, undefined, performance.now() - began);
}

async function storeBackup(side: Side, journal: Journal): Promise<Taken> {
  const plan = await planBackup(side);
  const mounts = plan.volumes.map(({ name, volume }) => ({ volume, path: folderOf(name), readOnly: true }));
  await using repository = await Repository.open({ ...repositoryOf(side.stack, side.engine), mounts });
  const { backups } = await readHoldings(repository);
  const id = newBackupId();
  if (backups.some((backup) => backup.id >= id)) {
    throw new UserError(`The newest backup is ${backups[0]?.id}, and now it would be ${id}`, {
      next: "The clock of this machine is wrong, or another one's was: set it right",
    });
  }
  journal.step("backup", { id });
  return await takeBackup({ id, side, repository, plan, journal });
}

function notProven(id: string, { problems }: Proof): UserError {
  return new UserError(`${id} was taken, but it cannot be relied upon: ${problems.join("; ")}`, {
    next: "Mend that and take another one: pnpm backup --verify",
  });
}
