import { messageOf, UserError } from "@understudy/core";
import { applyStep, noteToPublish } from "../database/apply-step.ts";
import { ensureMetadata, wasHere, writeNote } from "../database/metadata.ts";
import type { N8nTables } from "../database/tables.ts";
import { inTransaction } from "../database/transaction.ts";
import { conflictInWords } from "../plan/describe.ts";
import type { Step } from "../plan/plan-steps.ts";
import { isChange, type Look } from "./look.ts";

export interface ApplyOptions {
  /** By name of the file. */
  readonly checksums: ReadonlyMap<string, string>;
  /** Go on with other workflows where one cannot be applied. */
  readonly tolerant: boolean;
  /** Called before each. */
  readonly onStep: (step: Step) => void;
}

export interface ApplyOutcome {
  /** Names of files. */
  readonly applied: readonly string[];
  readonly unchanged: readonly string[];
  readonly failed: readonly { readonly migration: string; readonly error: UserError }[];
}

/** Apply steps one after the other, each in a transaction of its own. @throws UserError for the first that cannot be, unless tolerant */
export async function applySteps(
  tables: N8nTables,
  steps: readonly Step[],
  look: Look,
  options: ApplyOptions,
): Promise<ApplyOutcome> {
  if (steps.length === 0) return { applied: [], unchanged: [], failed: [] };
  await ensureMetadata(tables);
  const run = runner(tables, look, options);
  const applied: string[] = [];
  const unchanged: string[] = [];
  const failed: { migration: string; error: UserError }[] = [];
  const stopped = new Set<string>();
  for (const step of steps) {
    const { name, workflowId } = step.migration;
    if (stopped.has(workflowId)) continue;
    options.onStep(step);
    try {
      await inTransaction(tables.session, () => run(step));
      (isChange(step) ? applied : unchanged).push(name);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!options.tolerant) throw failure(name, error, applied.length);
      stopped.add(workflowId);
      failed.push({ migration: name, error });
    }
  }
  return { applied, unchanged, failed };
}

/** Do all of it in one transaction, and take it back: what cannot be applied is known before anything is changed. @throws UserError */
export async function rehearseSteps(
  tables: N8nTables,
  steps: readonly Step[],
  look: Look,
  options: ApplyOptions,
): Promise<void> {
  if (steps.length === 0) return;
  await inTransaction(
    tables.session,
    async () => {
      await ensureMetadata(tables);
      const run = runner(tables, look, options);
      for (const step of steps) {
        options.onStep(step);
        try {
          await run(step);
        } catch (error) {
          throw error instanceof UserError ? failure(step.migration.name, error, 0) : error;
        }
      }
    },
    { rehearse: true },
  );
}

/** Follows what each step leaves, for the next one of the same workflow. */
function runner(tables: N8nTables, { seen, credentials, mayPublish, switchesOn }: Look, { checksums }: ApplyOptions) {
  const present = new Map([...seen].map(([id, { hash }]) => [id, hash]));
  return async (step: Step): Promise<void> => {
    const { name, source, workflowId, hash } = step.migration;
    const checksum = checksums.get(name) ?? "";
    if (isChange(step)) {
      await applyStep(step, { tables, credentials, checksum, seen: present.get(workflowId), mayPublish });
      present.set(workflowId, hash);
      return;
    }
    if (switchesOn(step)) {
      await noteToPublish(step, { tables, credentials, checksum, seen: present.get(workflowId) });
      return;
    }
    const notes = step.conflict ? `kept what is here: it ${conflictInWords(step.conflict)}` : wasHere;
    const note = { name, source, workflowId, checksum, notes } as const;
    await writeNote(tables, { ...note, versionId: null, previousVersionId: null, publish: "none" });
  };
}

function failure(name: string, error: UserError, done: number): UserError {
  const before = done ? ` (${done} before it were applied)` : "";
  const message = messageOf(error).startsWith(name) ? messageOf(error) : `${name}: ${messageOf(error)}`;
  return new UserError(`${message}${before}`, {
    next: error.next ?? "Nothing of it was applied. docs/workflows.md says what may be wrong",
    cause: error,
  });
}
