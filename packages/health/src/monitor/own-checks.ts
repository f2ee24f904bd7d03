import { messageOf, UserError } from "@understudy/core";
import type { Check, CheckContext } from "../checks/check.ts";
import { engineCheck } from "../checks/defaults/host.ts";

/** The looks of own checks need nothing of the stack: they can be made when there is no engine to ask. */
export const noContext = {} as CheckContext;

export interface Sources {
  /** @throws while the engine does not answer */
  context(): Promise<CheckContext>;
  /** Reads definitions again if they changed. @throws when they are wrong */
  refresh(): Promise<void>;
  /** Why the history is not written at the moment, if so. */
  trouble(): string | undefined;
}

/** What the monitor must itself have to do its work; as checks, so that people hear of it when it is amiss. */
export function ownChecks(sources: Sources): Check[] {
  const common = { service: "host", timeout: 25_000, interval: undefined } as const;
  return [
    {
      ...common,
      name: engineCheck,
      severity: "critical",
      expected: "it answers",
      look: async () => {
        await sources.context();
        return { ok: true, seen: "it answers" };
      },
    },
    {
      ...common,
      name: "history",
      severity: "warning",
      expected: "it can be written",
      look: async () => {
        const seen = sources.trouble();
        return seen ? { ok: false, seen, next: "Free space on its volume; see df -h" } : { ok: true, seen: "written" };
      },
    },
    {
      ...common,
      name: "check definitions",
      severity: "warning",
      expected: "they can be read",
      look: async () => {
        try {
          await sources.refresh();
          return { ok: true, seen: "as read" };
        } catch (error) {
          const next = error instanceof UserError ? error.next : undefined;
          return { ok: false, seen: `${messageOf(error)}; those from before still run`, ...(next ? { next } : {}) };
        }
      },
    },
  ];
}
