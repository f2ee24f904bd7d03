import { audit, countInWords, runVerb } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { fleetOf } from "../server/fleet.ts";
import { retentionOf, withManager } from "./open-manager.ts";

await runVerb(import.meta.url, {
  name: "records:purge",
  description: "Forget deletions that every node of the last weeks has heard of, and old versions that lost.",
  examples: ["pnpm records:purge --production --dry-run", "pnpm records:purge --production"],
  configure: (command) =>
    environmentFlags(command)
      .option("--dry-run", "say up to which version, and do nothing")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: EnvironmentChoice & { dryRun?: boolean; json?: boolean }) =>
    await withManager(flags, async (manager, place) => {
      const retention = retentionOf(place);
      const say = (result: object, line: string) =>
        process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : `${line}\n`);
      if (flags.dryRun) {
        const { safe_purge_point, purged_before } = await fleetOf(manager, retention.tombstones);
        say(
          { safe_purge_point, purged_before },
          `Deletions up to version ${safe_purge_point} can go; up to ${purged_before} they are gone`,
        );
        return;
      }
      const purged = await manager.purge(retention);
      const { installation, environment } = place.target;
      audit(installation, {
        what: "records:purge",
        environment: environment.name,
        result: "succeeded",
        detail: purged,
      });
      say(
        purged,
        `${countInWords(purged.tombstones)} deletions and ${countInWords(purged.history)} old versions are forgotten`,
      );
    }),
});
