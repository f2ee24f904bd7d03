import { homedir } from "node:os";
import { findInstallation, loadSettings, runVerb, sourceRoot, toolchain, UserError } from "@understudy/core";
import { examine } from "../doctor/examine.ts";
import { managedPlaces } from "../doctor/managed-places.ts";
import { machine } from "../doctor/probe.ts";
import { report } from "../doctor/report.ts";

await runVerb(import.meta.url, {
  name: "doctor",
  description: "Show every requirement with version, where it was found, and how to mend it. Changes nothing.",
  examples: ["./understudy doctor", "./understudy doctor --json | jq '.requirements[] | select(.mend)'"],
  configure: (command) => command.option("--json", "print the findings as JSON (docs/cli-json.md)"),
  run: async ({ json }: { json?: boolean }) => {
    const diagnosis = await examine({
      probe: machine(),
      chain: toolchain(),
      root: sourceRoot,
      managed: managedPlaces(),
      swarm: hasSwarm(),
    });
    process.stdout.write(`${json ? JSON.stringify(diagnosis) : report(diagnosis, homedir())}\n`);
    return diagnosis.ok ? 0 : 1;
  },
});

/** Settings with a slip in them are no matter of the machine: the verbs that need them say so. */
function hasSwarm(): boolean {
  try {
    return Object.values(loadSettings(findInstallation()).environments).some(({ engine }) => engine === "swarm");
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
