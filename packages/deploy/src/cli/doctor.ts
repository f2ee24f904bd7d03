import { homedir } from "node:os";
import { runVerb, sourceRoot, toolchain } from "@understudy/core";
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
    });
    process.stdout.write(`${json ? JSON.stringify(diagnosis) : report(diagnosis, homedir())}\n`);
    return diagnosis.ok ? 0 : 1;
  },
});
