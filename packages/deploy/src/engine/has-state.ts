import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "@understudy/environment";

/** Whether the engine may remember something of this stack. Only for the local backend can that be told without asking it. */
export function mayHaveState({ installation, settings, environment }: Target): boolean {
  if (settings.state.backend !== "local") return true;
  const folder = join(installation.stateDir, "pulumi", "state", ".pulumi", "stacks", settings.project);
  return [".json", ".json.gz"].some((extension) => existsSync(join(folder, `${environment.name}${extension}`)));
}
