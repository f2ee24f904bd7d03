import { runSteps, runVerb, table, UserError } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { digestTable, type TableDigest } from "../store/digest.ts";
import { withManager } from "./open-manager.ts";
import { type NodeFlags, nodeFlags, withNode } from "./open-node.ts";

interface Flags extends EnvironmentChoice, Partial<NodeFlags> {
  readonly repair?: boolean;
  readonly json?: boolean;
}

await runVerb(import.meta.url, {
  name: "records:digest",
  description:
    "Digest every table's rows; with --database, compare those of a node with its server's, and repair differences.",
  examples: [
    "pnpm records:digest --production",
    "pnpm records:digest --database notes.db --server https://sync.example.org --code DESKTOP-USER-1 --repair",
  ],
  configure: (command) =>
    nodeFlags(environmentFlags(command))
      .option("--repair", "fetch everything anew where a table differs")
      .option("--json", "print the result as JSON (docs/cli-json.md)"),
  run: async (flags: Flags) => {
    if (flags.database !== undefined) return await compare(flags);
    const tables = await withManager(flags, async (manager) => {
      const digests: TableDigest[] = [];
      const steps = manager.entities.map((entity) => ({
        title: `Digest ${entity.name}`,
        run: async () => {
          const columns = entity.columns.map(({ name }) => name).sort();
          digests.push(await digestTable(manager.store, entity, columns));
        },
      }));
      await runSteps(steps);
      return digests;
    });
    const rows = tables.map(({ name, rows, sum }) => [name, String(rows), sum]);
    process.stdout.write(
      flags.json ? `${JSON.stringify({ tables })}\n` : `${table(["table", "rows", "digest"], rows)}\n`,
    );
    return 0;
  },
});

async function compare(flags: Flags): Promise<number> {
  return await withNode(flags, false, async (service) => {
    if (!(await service.syncNow())) throw new UserError((await service.getSyncStatus()).error ?? "The exchange failed");
    let differing = await service.compare();
    if (differing.length > 0 && flags.repair) {
      await service.repair();
      differing = await service.compare();
    }
    const lines = differing.map(
      ({ theirs, ours }) => `${theirs.name}: ${theirs.rows} rows on the server, ${ours?.rows ?? 0} here`,
    );
    process.stdout.write(
      flags.json ? `${JSON.stringify({ differing })}\n` : `${lines.join("\n") || "All tables are the same"}\n`,
    );
    return differing.length > 0 ? 1 : 0;
  });
}
