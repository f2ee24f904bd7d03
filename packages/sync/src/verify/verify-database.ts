import { UserError } from "@understudy/core";
import {
  type Connection,
  readSequences,
  readStructure,
  type SequenceState,
  sequenceProblems,
  structureProblems,
} from "@understudy/postgres";
import type { TablePlan } from "../plan/table-plan.ts";
import { differences } from "./digest.ts";

/**
 * Prove a copied database: rows and every column that is not masked are production's, indexes, constraints and triggers are in
 * force, sequences go on where production's are.
 * @param source a session on the moment that was copied
 * @param sequences where production's were when they were copied: they do not stand still
 * @throws UserError naming everything that differs.
 */
export async function verifyDatabase(
  source: Connection,
  copy: Connection,
  plans: readonly TablePlan[],
  sequences: readonly SequenceState[],
  report: (line: string) => void,
): Promise<void> {
  const different = await differences(source, copy, plans, "kept", ({ table }) => report(table.id));
  const problems = [
    ...different.map(({ message }) => message),
    ...structureProblems(await readStructure(source), await readStructure(copy)),
    ...sequenceProblems(sequences, await readSequences(copy)),
  ];
  if (problems.length === 0) return;
  throw new UserError(`The copy is not equal to production: ${problems.join("; ")}`, {
    next: "Run pnpm sync:production --resume; staging's data is as it was",
  });
}
