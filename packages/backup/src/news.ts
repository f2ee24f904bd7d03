import { readFact, writeFact } from "@understudy/core";
import type { Target } from "@understudy/environment";

/** What the check "last backup" judges. */
interface News {
  readonly result: string;
  readonly id?: string;
  readonly verified?: boolean;
}

/** What is known of an environment's backups: of the last one, and of the last that was proven. */
interface Known extends News {
  /** ISO 8601. */
  readonly at: string;
  readonly proven?: { readonly id: string; readonly at: string } | undefined;
}

const fact = "backup";

export function remember({ installation, environment }: Target, news: News): void {
  const before = readFact<Known>(installation, environment.name, fact);
  const known = { at: new Date().toISOString(), ...news };
  writeFact(installation, environment.name, fact, {
    ...known,
    proven: provenOf(known) ?? (before && provenOf(before)),
  });
}

/** A backup was proven after it was taken; that is news only of the last one. */
export function rememberVerified({ installation, environment }: Target, id: string): void {
  const last = readFact<Known>(installation, environment.name, fact);
  if (last?.id !== id) return;
  const known = { ...last, verified: true };
  writeFact(installation, environment.name, fact, { ...known, proven: provenOf(known) });
}

function provenOf({ id, at, verified, proven }: Known): Known["proven"] {
  return verified && id ? { id, at } : proven;
}
