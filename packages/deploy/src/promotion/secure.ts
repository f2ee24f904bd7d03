import { type BackupReport, backupUnderLock, keepPresent } from "@understudy/backup";
import type { Engine, Log } from "@understudy/core";
import { openSide } from "@understudy/data";
import { type Mutation, recordedDeployment, type Target } from "@understudy/environment";
import { exportState } from "../engine/export-state.ts";
import { createPoint } from "../points/create-point.ts";

/** A way back. */
export interface Secured {
  readonly tag: string;
  readonly backup: BackupReport;
}

/**
 * Back up an environment and make a rollback point of what it runs, under its lock.
 * @param verify restore the backup for a test first
 * @throws UserError; nothing was changed then
 */
export async function secure(
  target: Target,
  engine: Engine,
  { verify, mutation, log, say }: { verify: boolean; mutation: Mutation; log: Log; say: (line: string) => void },
): Promise<Secured> {
  const { journal } = mutation;
  const recorded = recordedDeployment(target);
  if (!recorded) throw new Error("what runs nothing needs no way back");
  await using side = await openSide(target);
  const backup = verify ? await backupUnderLock(side, true, journal) : await keepPresent(side, journal);
  journal.step("point");
  const { id, checksums, postgres } = backup;
  const { tag, sent } = await createPoint(target, {
    at: new Date(),
    checkpoint: await exportState(engine, recorded, log),
    backup: { id, checksums },
    databases: { postgres: String(postgres) },
  });
  say("warning" in sent ? `warning: ${sent.warning}` : `Rollback point ${tag}, sent to ${sent.to}`);
  return { tag, backup };
}
