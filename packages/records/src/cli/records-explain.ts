import { runVerb, UserError } from "@understudy/core";
import { type EnvironmentChoice, environmentFlags } from "@understudy/environment";
import { type Explanation, explain, type Loser } from "../server/explain.ts";
import { withManager } from "./open-manager.ts";

await runVerb(import.meta.url, {
  name: "records:explain",
  description: "What happened to a record: the version that stands, every version that lost, by which rule and why.",
  examples: ["pnpm records:explain 6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11"],
  configure: (command) =>
    environmentFlags(command.argument("<uuid>", "of the record")).option(
      "--json",
      "print the result as JSON (docs/cli-json.md)",
    ),
  run: async (flags: EnvironmentChoice & { json?: boolean }, uuid: string) => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid))
      throw new UserError(`"${uuid}" is no UUID`, { exitCode: 2 });
    const found = await withManager(flags, (manager) => explain(manager, uuid.toLowerCase()));
    if (found.length === 0) {
      throw new UserError(`Nothing is known of ${uuid}`, { next: "It was never here, or its deletion is purged" });
    }
    process.stdout.write(
      flags.json ? `${JSON.stringify({ records: found })}\n` : `${found.map(describe).join("\n\n")}\n`,
    );
  },
});

function describe(record: Explanation): string {
  const { entity_type, entity_uuid, version, deleted, parked, written_at, row, lost } = record;
  const state = parked ? ", waits for a person" : deleted ? ", deleted" : "";
  const stands =
    version === 0
      ? [`${entity_type} ${entity_uuid}: gone, its deletion is purged`]
      : [
          `${entity_type} ${entity_uuid}: version ${version}${state}`,
          `  written ${written_at} by ${who(record.written_by)}: ${JSON.stringify(row)}`,
        ];
  return [...stands, ...lost.map((one) => `  ${describeLoser(one)}`)].join("\n");
}

function describeLoser(one: Loser): string {
  const { conflict_resolution, resolved_by, standing_version, standing_at } = one;
  const rule = `(${conflict_resolution}${resolved_by ? `, ${resolved_by}` : ""})`;
  const against = standing_at ? ` version ${standing_version} of ${who(one.standing_by)}, written ${standing_at}` : "";
  const outcome = one.open ? `waits ${rule}${against && " beside"}` : `lost ${rule}${against && " against"}`;
  const write = `${one.operation} written ${one.written_at} by ${who(one.written_by)}, arrived ${one.arrival_time}`;
  return `${outcome}${against}: ${write}: ${one.reason}: ${JSON.stringify(one.serialized_data)}`;
}

function who(code: string | null): string {
  return code ?? "the server";
}
