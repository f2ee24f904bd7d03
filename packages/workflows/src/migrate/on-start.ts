import type { Log } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { openN8n } from "../database/open.ts";
import { MigrationFolder } from "../file/folder.ts";
import { conflictInWords } from "../plan/describe.ts";
import { noteBrought, upTo } from "./brought.ts";
import { type MigrateOptions, migrate, refusal } from "./migrate.ts";
import { isWhole, type MigrateReport } from "./report.ts";

export interface OnStartOptions {
  /** `strict` throws where anything is in the way; `tolerant` tells it and applies the rest; `rehearse` changes nothing. */
  readonly manner: "strict" | "tolerant" | "rehearse";
  /** The last migration that belongs to what is started; all of them unless told. Its file need not be there. */
  readonly to?: string | undefined;
  /** n8n does not run: what is to be live is noted only, and published by the next one. */
  readonly beforeStart?: boolean;
  /** Names of the workflows that alone may be live, where that is not yet known of the environment. */
  readonly mayBeLive?: readonly string[];
  readonly say: (line: string) => void;
  readonly log: Log;
}

/**
 * Apply workflow migrations where n8n starts, under the lock that the caller holds. An installation without any has nothing to do with it.
 * @returns undefined where there is nothing to apply
 * @throws UserError for what is in the way, unless tolerant
 */
export async function migrateOnStart(target: Target, options: OnStartOptions): Promise<MigrateReport | undefined> {
  const { manner, to, beforeStart = false, mayBeLive, say, log } = options;
  const files = new MigrationFolder(target.installation).files();
  const belonging = upTo(files, to);
  const last = belonging.at(-1)?.name;
  if (last === undefined) return undefined;
  const rest: Omit<MigrateOptions, "manner"> = {
    ...{ to: last, resolve: "stop", outOfOrder: true, createStubs: false },
    ...{ publish: !beforeStart, mayBeLive, say, log },
  };
  await using side = await openN8n(target);
  const report = await migrate(side, files, { ...rest, manner });
  if (manner !== "tolerant" && !isWhole({ ...report, pending: 0 })) throw refusal(report);
  if (manner === "rehearse" || beforeStart) return report;
  for (const line of warnings(report)) say(line);
  noteBrought(target, belonging);
  return report;
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
