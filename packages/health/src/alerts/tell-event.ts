import { randomUUID } from "node:crypto";
import { messageOf } from "@understudy/core";
import { readEnvironmentFile, type Target } from "@understudy/environment";
import { noEvidence } from "./alert.ts";
import { openChannels } from "./channels/registry.ts";

/** Something that happened, for people. */
export interface Event {
  /** What it is about: `team`. */
  readonly service: string;
  readonly name: string;
  readonly seen: string;
  readonly expected: string;
}

/** Tell it once, by every channel that hears of an environment. @returns what went wrong, for people: news that does not arrive stops nothing. */
export async function tellEvent(target: Target, { service, ...check }: Event, now = Date.now()): Promise<string[]> {
  const { environment, settings } = target;
  const alert = {
    ...({ id: randomUUID(), kind: "event", environment: environment.name, service, severity: "warning" } as const),
    ...{ checks: [check], affected: [], evidence: noEvidence, since: now, at: now },
  };
  const channels = openChannels(settings, environment.name, readEnvironmentFile(target));
  const outcomes = await Promise.allSettled(
    [...channels].map(async ([name, channel]) => {
      const { signal } = new AbortController();
      await channel.send(alert, { key: alert.id, now, signal }).catch((error) => {
        throw new Error(`${name}: ${messageOf(error)}`);
      });
    }),
  );
  return outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [messageOf(outcome.reason)] : []));
}
