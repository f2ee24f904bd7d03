import { type Log, readFact, writeFact } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { sha256 } from "../content/hash.ts";
import { openN8n } from "../database/open.ts";
import { MigrationFolder } from "../file/folder.ts";
import { conflictInWords } from "../plan/describe.ts";
import { type MigrateOptions, migrate, refusal } from "./migrate.ts";
import { isWhole, type MigrateReport } from "./report.ts";

export interface OnStartOptions {
  /** `strict` throws where anything is in the way; `tolerant` tells it and applies the rest; `rehearse` changes nothing. */
  readonly manner: "strict" | "tolerant" | "rehearse";
  /** The last file to apply; all of them unless told. */
  readonly to?: string | undefined;
  readonly say: (line: string) => void;
  readonly log: Log;
}

/** What the fact `workflow-migrations` says of an environment. */
interface Known {
  /** Of the folder, when it was last brought here. */
  readonly folder: string;
  /** The last file of it: a deploy that only repairs goes no further. */
  readonly to: string;
}

const fact = "workflow-migrations";

/**
 * Apply workflow migrations where n8n was just started, under the lock that the caller holds. An installation without any has nothing
 * to do with it, and neither has a stack without n8n.
 * @returns undefined where there is nothing to apply
 * @throws UserError for what is in the way, unless tolerant
 */
export async function migrateOnStart(target: Target, options: OnStartOptions): Promise<MigrateReport | undefined> {
  const { installation, environment } = target;
  const folder = new MigrationFolder(installation);
  if (!hasMigrations(folder)) return undefined;
  const { manner, to, say, log } = options;
  const rest: Omit<MigrateOptions, "manner"> = { to, say, log, resolve: "stop", outOfOrder: true, createStubs: false };
  const files = folder.files();
  await using side = await openN8n(target);
  const report = await migrate(side, files, { ...rest, manner });
  if (manner !== "tolerant" && !isWhole({ ...report, pending: 0 })) throw refusal(report);
  if (manner === "rehearse") return report;
  for (const line of warnings(report)) say(line);
  const known: Known = { folder: folderHash(folder), to: to ?? files.at(-1)?.name ?? "" };
  writeFact(installation, environment.name, fact, known);
  return report;
}

/** Whether the folder is not what was last brought to an environment. Looks at files only. */
export function hasNewMigrations({ installation, environment }: Target): boolean {
  const folder = new MigrationFolder(installation);
  if (!hasMigrations(folder)) return false;
  return readFact<Known>(installation, environment.name, fact)?.folder !== folderHash(folder);
}

function hasMigrations(folder: MigrationFolder): boolean {
  return folder.names().length > 0;
}

/** Of names and bytes. */
function folderHash(folder: MigrationFolder): string {
  return sha256(JSON.stringify(folder.files().map(({ name, checksum }) => [name, checksum])));
}

function warnings({ conflicts, problems }: MigrateReport): string[] {
  return [
    ...problems.map(({ message, next }) => `warning: ${message}. ${next}`),
    ...conflicts.map(
      ({ migration, workflow, kind }) =>
        `warning: ${migration} was not applied: "${workflow}" ${conflictInWords(kind)}. See pnpm n8n:diff ${migration}`,
    ),
  ];
}
