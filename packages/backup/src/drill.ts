import { openLog, UserError, writeFact } from "@understudy/core";
import { openSide } from "@understudy/data";
import { mutate, type Target, toolboxOn } from "@understudy/environment";
import { rememberVerified } from "./news.ts";
import type { Proof } from "./proof/proof.ts";
import { proveBackup } from "./proof/prove-backup.ts";
import { readBackup } from "./read-backup.ts";

export interface DrillRequest {
  readonly target: Target;
  /** The newest backup unless told. */
  readonly id: string | undefined;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What `rollback:drill --json` says; documented in docs/backup.md. */
export interface DrillReport extends Proof {
  readonly id: string;
  readonly environment: string;
}

/**
 * Restore a backup beside what runs, start the services on it, and tell how long that took.
 * @throws UserError when it cannot be relied upon.
 */
export async function drill({ target, id, wait, say }: DrillRequest): Promise<DrillReport> {
  const { installation, environment } = target;
  const log = openLog(installation, environment.name, "backup");
  await using side = await openSide(target);
  const options = { verb: "rollback:drill", wait, toolbox: await toolboxOn(side.engine), onlyReads: true, log, say };
  const report = await mutate(target, side.engine, options, async ({ journal }) => {
    // Until it has ended well it counts as failed, however it ends.
    const remember = (result: Proof["result"]) =>
      writeFact(installation, environment.name, "drill", { at: new Date().toISOString(), result });
    remember("failed");
    const { manifest } = await readBackup(target, side.engine, id);
    const proof = await proveBackup(side, manifest, journal);
    if (proof.result === "failed") throw notProven(manifest.id, proof);
    remember("succeeded");
    rememberVerified(target, manifest.id);
    return { id: manifest.id, environment: environment.name, ...proof };
  });
  log.info({ report }, "drill");
  return report;
}

function notProven(id: string, { problems }: Proof): UserError {
  return new UserError(`${id} cannot be relied upon: ${problems.join("; ")}`, {
    next: "Take another one: pnpm backup --verify",
  });
}
