import { fileURLToPath } from "node:url";
import { loadCompose } from "@understudy/compose";
import { type Installation, parseSettings, resolveEnvironment } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { composeVariables } from "./variables.ts";

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
