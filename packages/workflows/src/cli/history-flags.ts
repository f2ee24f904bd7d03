import type { Command } from "@understudy/core";
import type { HistoryRequest } from "../create/create-history.ts";
import { collect, days } from "./flags.ts";

export interface HistoryFlags {
  id: string[];
  days?: number;
  all?: boolean;
  notes?: string;
  environment?: string;
  json?: boolean;
}

/** What says which of production's workflows are meant. */
export function historyFlags(command: Command): Command {
  return command
    .argument("[name]", "one workflow, as n8n shows it, whenever it was changed")
    .option("--id <id>", "one workflow by its id (may be repeated)", collect, [])
    .option("--days <count>", "changed within so many days (default: workflows.recentDays, 7)", days)
    .option("--all", "whenever they were changed")
    .option("--notes <text>", "a line for those who review it")
    .option("--environment <name>", "which environment of kind production")
    .option("--json", "print the result as JSON (docs/workflows.md)");
}

export function historyRequest(flags: HistoryFlags, name: string | undefined): HistoryRequest {
  const { id: ids, days: count, all = false, notes, environment } = flags;
  return { name, ids, days: count, all, notes, environment };
}
