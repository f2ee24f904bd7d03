import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Installation } from "@understudy/core";

/** So many deploys in the journal of an environment, in the form in which `Journal` writes them: one call for each would sync 10,000 times. */
export function manyReleases({ stateDir }: Installation, environment: string, count: number): void {
  const now = Date.now();
  const lines = Array.from({ length: count }, (_, index) => {
    const began = now - (count - index) * 600_000;
    const line = (step: string, at: number, detail?: object) =>
      JSON.stringify({ run: `${began}-7`, verb: "deploy:production", step, at: new Date(at).toISOString(), detail });
    const release = `r-${index.toString(16).padStart(12, "0")}`;
    return `${line("plan", began + 500, { release })}\n${line("end", began + 61_000, { result: "succeeded" })}\n`;
  });
  mkdirSync(join(stateDir, "journal"), { recursive: true });
  writeFileSync(join(stateDir, "journal", `${environment}.jsonl`), lines.join(""));
}
