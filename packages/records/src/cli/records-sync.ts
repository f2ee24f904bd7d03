import { runVerb, UserError } from "@understudy/core";
import { type NodeFlags, nodeFlags, withNode } from "./open-node.ts";

interface Flags extends NodeFlags {
  readonly export?: string;
  readonly import?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

await runVerb(import.meta.url, {
  name: "records:sync",
  description:
    "Exchange a node's SQLite database with the server, once; or write what waits into a file, or take in its answers.",
  examples: [
    "pnpm records:sync --database notes.db --server https://sync.example.org --code DESKTOP-USER-1",
    "pnpm records:sync --database notes.db --server https://sync.example.org --code DESKTOP-USER-1 --export sync_changes.json",
  ],
  configure: (command) =>
    nodeFlags(command)
      .option("--export <file>", "write what waits into a file, for pnpm records:import")
      .option("--import <file>", "take in the answers that records:import wrote")
      .option("--watch", "go on at every records.node.everySeconds, until it is stopped")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: Flags) =>
    await withNode(flags, flags.watch ?? false, async (service) => {
      if (flags.export) await service.exportPendingChanges(flags.export);
      else if (flags.import) await service.importChanges(flags.import);
      else if (flags.watch) await untilStopped();
      else if (!(await service.syncNow()))
        throw new UserError((await service.getSyncStatus()).error ?? "The exchange failed");
      const status = await service.getSyncStatus();
      process.stdout.write(
        flags.json
          ? `${JSON.stringify(status)}\n`
          : `${status.node_code}: ${status.pending_changes} records wait to be sent, ${status.parked} wait for a person\n`,
      );
    }),
});

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    // The service's own timer lets the process end.
    const alive = setInterval(() => {}, 60_000);
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        clearInterval(alive);
        resolve();
      });
    }
  });
}
