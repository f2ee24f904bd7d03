import { firstFailure, messageOf } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { type Event, tellEvent } from "@understudy/health";

interface Teller {
  readonly target: Target;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** Tell an environment's alert channels what came of a run. News that does not arrive stops nothing. */
export async function tell({ target, say }: Teller, news: Omit<Event, "service">): Promise<void> {
  const problems = await tellEvent(target, { service: "team", ...news }).catch((error) => [messageOf(error)]);
  for (const problem of problems) say(`warning: not told: ${problem}`);
}

/** What went wrong, for people. */
export function failureInWords(thrown: unknown): string {
  return messageOf(firstFailure(thrown));
}
