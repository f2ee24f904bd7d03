import { join } from "node:path";
import type { Installation } from "@understudy/core";

/** Where the monitor of an environment keeps what it saw: one SQLite file, read and written by the verbs as well. */
export function historyFile(installation: Installation, environment: string): string {
  return join(installation.stateDir, "health", `${environment}.sqlite`);
}
