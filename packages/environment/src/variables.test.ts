import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadCompose } from "@understudy/compose";
import { type Installation, parseSettings, resolveEnvironment } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { composeVariables, readEnvironmentFile, writeFreshEnvironmentFile } from "./variables.ts";

const compose = (name: string) => fileURLToPath(new URL(`../../../compose/${name}`, import.meta.url));
const base = [compose("docker-compose.yml")];
const staging = [...base, compose("docker-compose.staging.yml")];

/** Variables of the environment `e` with these settings, over an environment file that says this. */
function variables(environment: string, values: Record<string, string> = {}): Record<string, string> {
  const settings = parseSettings(`environments: { e: { ${environment} } }`, "understudy.yml");
  const installation = { root: "/installation" } as Installation;
  const target = { installation, settings, environment: resolveEnvironment(settings, "e") };
  return composeVariables(target, { path: ".env.e", values, secretValues: [], fresh: false });
}

/** Whether the network with the way out is closed. */
async function closed(files: string[], given: Record<string, string>): Promise<boolean | undefined> {
  const secrets = Object.fromEntries(
    ["POSTGRES", "N8N_DB", "LETTA_DB", "OPENWEBUI_DB", "APP_DB", "LETTA_SERVER", "WEBUI_ADMIN", "NEO4J"].map((name) => [
      `${name}_PASSWORD`,
      "p",
    ]),
  );
  const keys = { N8N_ENCRYPTION_KEY: "k", LETTA_ENCRYPTION_KEY: "k", WEBUI_SECRET_KEY: "k" };
  const model = await loadCompose({ files, variables: { ...secrets, ...keys, ...given } });
  return model.networks.egress?.internal;
}

it("gives a file that is older than a variable a value for it, once", () => {
  const root = mkdtempSync(join(tmpdir(), "understudy-variables-"));
  try {
    const installation: Installation = {
      ...{ root, settingsFile: "", stateDir: root, logsDir: root },
      composeDir: dirname(compose("env.template")),
      envFile: (name) => join(root, `.env.${name}`),
    };
    const settings = parseSettings("environments: { e: { kind: staging } }", "understudy.yml");
    const target = { installation, settings, environment: resolveEnvironment(settings, "e") };
    const { values } = writeFreshEnvironmentFile(target, readEnvironmentFile(target));
    const file = installation.envFile("e");
    const older = readFileSync(file, "utf8").replace(/^VALKEY_PASSWORD=.*\n/m, "");
    writeFileSync(file, older, { mode: 0o600 });
    const found = readEnvironmentFile(target);
    expect(found.values.VALKEY_PASSWORD).toMatch(/^\w{32}$/);
    expect(readFileSync(file, "utf8")).toBe(older);
    writeFreshEnvironmentFile(target, found);
    expect(readEnvironmentFile(target)).toMatchObject({ later: {}, values: { ...values, ...found.values } });
    writeFileSync(file, older.replace(/^POSTGRES_PASSWORD=.*\n/m, ""), { mode: 0o600 });
    expect(() => readEnvironmentFile(target)).toThrow("lacks a value for POSTGRES_PASSWORD");
  } finally {
    rmSync(root, { recursive: true });
  }
});

describe("the way out", () => {
  it.each([
    ["kind: staging", staging, true],
    ["kind: staging, egress: open", staging, false],
    ["kind: production", base, false],
    ["kind: production, egress: none", base, true],
  ])("%s", async (environment, files, internal) => {
    expect(await closed(files, variables(environment))).toBe(internal);
  });

  it("is not opened by values of an environment file or by variables of the settings", async () => {
    const values = { EGRESS_CLOSED: "false", EGRESS_INTERNAL: "false" };
    const environment = 'kind: staging, variables: { EGRESS_CLOSED: "false", EGRESS_INTERNAL: "false" }';
    expect(await closed(staging, variables(environment, values))).toBe(true);
  });

  it("is closed for staging where plain Docker Compose is given nothing, or what older environment files say", async () => {
    expect(await closed(staging, {})).toBe(true);
    expect(await closed(staging, { EGRESS_CLOSED: "false" })).toBe(true);
    expect(await closed(base, {})).toBe(false);
  });
});
