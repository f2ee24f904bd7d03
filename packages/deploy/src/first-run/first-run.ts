import { readFileSync } from "node:fs";
import { type Engine, Foothold, type HostSession, parseEnvFile } from "@understudy/core";
import type { DesiredStack } from "@understudy/environment";
import { endpoints, setVariable, toolboxOn } from "@understudy/environment";
import { containerName } from "@understudy/stacks/names";
import { apiKeyIsKnown, createApiKey } from "./n8n.ts";
import { ensureAdministrator } from "./open-webui.ts";

/** n8n's own port, inside its container. */
const n8nPort = 5678;

/**
 * Make the stack usable without a browser: n8n's owner and API key, Open WebUI's administrator. What is there already is
 * left alone. Only for services that the model has under these names.
 * @returns what a person should know of, if anything.
 */
export async function firstRun(
  engine: Engine,
  session: HostSession,
  desired: DesiredStack,
): Promise<string | undefined> {
  const { envFile, model } = desired;
  const value = (name: string) => envFile.values[name] ?? "";
  if (model.services.n8n) await claimN8n(engine, session, desired);
  const openWebui = endpoints(model).find(({ service }) => service === "open-webui");
  if (!openWebui) return undefined;
  const { address, port } = openWebui.probe;
  const login = { email: value("WEBUI_ADMIN_EMAIL"), password: value("WEBUI_ADMIN_PASSWORD") };
  const known = await ensureAdministrator(session, new URL(`http://${hostPart(address)}:${port}`), login);
  return known
    ? undefined
    : `Open WebUI no longer takes ${login.email} with WEBUI_ADMIN_PASSWORD: it was changed there`;
}

/** Make n8n's owner and API key, unless the key that is in the environment file is known. n8n is healthy. */
export async function claimN8n(
  engine: Engine,
  session: HostSession,
  { envFile, environment }: DesiredStack,
): Promise<void> {
  // As it is by now: this may have been done a moment ago.
  const values = parseEnvFile(readFileSync(envFile.path, "utf8"));
  const { N8N_API_KEY: key, N8N_OWNER_EMAIL: email = "", N8N_OWNER_PASSWORD: password = "" } = values;
  // Past the edge, which keeps the owner's setup from everybody else.
  const base = await containerUrl(engine, containerName(environment.stackName, "n8n"), n8nPort);
  // The machine that holds the lock is on no network of a swarm's containers.
  await using foothold = engine.fleet && (await Foothold.open(engine, await toolboxOn(engine)));
  const door = foothold ?? session;
  if (key && (await apiKeyIsKnown(door, base, key))) return;
  setVariable(envFile.path, "N8N_API_KEY", await createApiKey(door, base, { email, password }));
}

/** A container as its host reaches it. */
async function containerUrl(engine: Engine, container: string, port: number): Promise<URL> {
  const { NetworkSettings } = await engine.docker.getContainer(container).inspect();
  const address = Object.values(NetworkSettings.Networks).find(({ IPAddress }) => IPAddress)?.IPAddress;
  if (!address) throw new Error(`${container} has no address on any network`);
  return new URL(`http://${hostPart(address)}:${port}`);
}

function hostPart(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
