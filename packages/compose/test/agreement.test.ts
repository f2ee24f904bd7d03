import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnvFile, renderEnvFile } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { type ComposeModel, loadCompose } from "../src/index.ts";

// Other programs print the merged files as one file with nothing left to resolve. Read by our own reader, that file must
// give the same model: what is compared is interpolation and merging; what single values mean is the unit tests' matter.
const root = fileURLToPath(new URL("../../../", import.meta.url));
const samples = ["base.yml", "over.yml"].map((name) => join(root, "packages/compose/test/samples", name));
const stack = ["docker-compose.yml", "docker-compose.staging.yml", "docker-compose.laptop.yml"].map((name) =>
  join(root, "compose", name),
);

const template = readFileSync(join(root, "compose/env.template"), "utf8");
const stackVariables = parseEnvFile(renderEnvFile(template, ({ kind, length }) => `${kind}${length}`));
const sampleVariables = { PASSWORD: "pass word", WEB_PORT: "8088" };

const cases: [string, string[], Record<string, string>][] = [
  ["sample", samples.slice(0, 1), sampleVariables],
  ["sample, overlaid", samples, sampleVariables],
  ["production", stack.slice(0, 1), stackVariables],
  ["staging", stack.slice(0, 2), stackVariables],
  ["laptop", stack, stackVariables],
  [
    "laptop, ports moved",
    stack,
    { ...stackVariables, N8N_PORT: "15678", BIND_ADDRESS: "0.0.0.0", EGRESS_INTERNAL: "false" },
  ],
];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "agreement-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("docker-compose 1.29 resolves to the same model", () => {
  test.each(cases)("%s", async (_, files, variables) => {
    const printed = resolvedBy("docker-compose", files, variables, []);
    expect(comparable(await reread(printed))).toEqual(comparable(await loadCompose({ files, variables })));
  });
});

const composeV2 = process.env.COMPOSE_V2;
describe.skipIf(!composeV2)("Docker Compose v2 resolves to the same model", () => {
  const newer = ["newer.yml", "newer-over.yml"].map((name) => join(root, "packages/compose/test/samples", name));
  const all: typeof cases = [...cases, ["newer keys", newer, { TAG: "2", CONTENT: "from a variable", FALLBACK: "b" }]];
  test.each(all)("%s", async (_, files, variables) => {
    const printed = resolvedBy(composeV2 ?? "", files, variables, ["--format", "json"]);
    expect(comparable(await reread(stringify(withoutNames(parse(printed))), variables))).toEqual(
      comparable(await loadCompose({ files, variables })),
    );
  });
});

test("a difference would be seen", async () => {
  const [, files, variables] = cases[4] as (typeof cases)[0];
  const printed = resolvedBy("docker-compose", files, variables, []).replace(
    "127.0.0.1:5678:5678",
    "127.0.0.1:5679:5678",
  );
  expect(comparable(await reread(printed))).not.toEqual(comparable(await loadCompose({ files, variables })));
});

function resolvedBy(program: string, files: string[], variables: Record<string, string>, options: string[]): string {
  const envFile = join(folder, "variables.env");
  writeFileSync(
    envFile,
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  const args = ["--env-file", envFile, ...files.flatMap((file) => ["-f", file]), "config", ...options];
  return execFileSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: folder },
  });
}

async function reread(text: string, variables: Record<string, string> = {}): Promise<ComposeModel> {
  const file = join(folder, "resolved.yml");
  // 1.29 writes the obsolete key.
  writeFileSync(file, text.replace(/^version: .*$/m, ""));
  return await loadCompose({ files: [file], variables });
}

/** Order of lists does not count where it has no meaning; everything else does. */
function comparable(model: ComposeModel): ComposeModel {
  const sorted = <T>(list: T[]): T[] => [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const services = Object.fromEntries(
    Object.entries(model.services).map(([name, service]) => [
      name,
      {
        ...service,
        ports: sorted(service.ports),
        volumes: sorted(service.volumes),
        capAdd: sorted(service.capAdd),
        securityOpt: sorted(service.securityOpt),
        extraHosts: sorted(service.extraHosts),
        networks: Object.fromEntries(
          Object.entries(service.networks).map(([key, network]) => [
            key,
            { ...network, aliases: sorted(network.aliases) },
          ]),
        ),
      },
    ]),
  );
  return { ...model, services };
}

/** What v2 adds that we refuse in a file, because it comes from the project: its name, full names, defaults. */
// biome-ignore lint/suspicious/noExplicitAny: another program's output
function withoutNames(printed: any): unknown {
  const { name: _, ...rest } = printed;
  for (const kind of ["networks", "volumes", "configs", "secrets"]) {
    for (const one of Object.values<Record<string, unknown>>(rest[kind] ?? {})) {
      if (!one.external) delete one.name;
      if (one.ipam && Object.keys(one.ipam).length === 0) delete one.ipam;
    }
  }
  // biome-ignore lint/suspicious/noExplicitAny: another program's output
  for (const service of Object.values<any>(rest.services)) {
    delete service.deploy?.placement;
    for (const port of service.ports ?? []) delete port.mode;
    for (const mount of service.volumes ?? []) {
      delete mount.volume;
      delete mount.bind;
    }
  }
  return rest;
}
