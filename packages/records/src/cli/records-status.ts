import { countInWords, runVerb, table } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { readHistory } from "../books/history.ts";
import { type Fleet, fleetOf } from "../server/fleet.ts";
import { retentionOf, withManager } from "./open-manager.ts";

await runVerb(import.meta.url, {
  name: "records:status",
  description: "All nodes at one look: how far behind, how their clocks go, what waits for a person.",
  examples: ["pnpm records:status --production", "pnpm records:status --json"],
  configure: (command) => environmentFlags(command).option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: EnvironmentChoice & { json?: boolean }) =>
    await withManager(flags, async (manager, place) => {
      const fleet = await fleetOf(manager, retentionOf(place).tombstones);
      const open = await manager.store.transaction(() => readHistory({ open: true }));
      if (flags.json) {
        process.stdout.write(`${JSON.stringify({ ...fleet, open_conflicts: open })}\n`);
        return;
      }
      process.stdout.write(`${describe(fleet)}\n`);
      for (const { id, entity_type, entity_uuid, reason } of open) {
        process.stdout.write(
          `Waits for a person: ${entity_type} ${entity_uuid}: ${reason} (pnpm records:resolve ${id})\n`,
        );
      }
    }),
});

function describe({ version, purged_before, safe_purge_point, nodes }: Fleet): string {
  const rows = nodes.map((node) => [
    node.node_code,
    node.last_sync_out ?? "never",
    countInWords(node.pending_changes),
    node.oldest_unacked ?? "",
    node.skew_ms === null ? "" : `${(node.skew_ms / 1_000).toFixed(1)} s`,
    node.token,
  ]);
  const figures = `Version ${version}. Deletions up to ${purged_before} are purged, and up to ${safe_purge_point} can be.`;
  return `${table(["node", "was here", "behind", "since", "clock ahead", "token"], rows)}\n${figures}`;
}
