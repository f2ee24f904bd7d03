import { readFact, writeFact } from "@understudy/core";
import type { Target } from "@understudy/environment";

/** What the check "last backup" judges. */
interface News {
  readonly result: string;
  readonly id?: string;
  readonly verified?: boolean;
}

export function remember({ installation, environment }: Target, news: News): void {
  writeFact(installation, environment.name, "backup", { at: new Date().toISOString(), ...news });
}

/** A backup was proven after it was taken; that is news only of the last one. */
export function rememberVerified({ installation, environment }: Target, id: string): void {
  const last = readFact<News>(installation, environment.name, "backup");
  if (last?.id === id) writeFact(installation, environment.name, "backup", { ...last, verified: true });
}
