import { countInWords, type Log, messageOf } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { tellEvent } from "@understudy/health";
import type { Session } from "../types.ts";

/** Tell the alert channels how a full sync ended. News that does not arrive stops nothing. */
export async function tellOutcome(target: Target, session: Session, log: Log): Promise<void> {
  const event = {
    service: "peers",
    name: `full sync ${session.sourceName} → ${session.targetName}`,
    ...wordsOf(session),
  };
  const problems = await tellEvent(target, event).catch((error) => [messageOf(error)]);
  for (const problem of problems) log.warn({ problem }, "not told");
}

function wordsOf({ status, rows, error }: Session): { seen: string; expected: string } {
  const expected = "completed";
  if (status !== "completed" || !rows) return { seen: `${status}${error ? `: ${error.message}` : ""}`, expected };
  const counts = `${countInWords(rows.inserted)} inserted, ${countInWords(rows.updated)} updated, ${countInWords(rows.unchanged)} unchanged`;
  return { seen: `completed: ${counts}`, expected };
}
