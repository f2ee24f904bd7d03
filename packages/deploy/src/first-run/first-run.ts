import type { HostSession } from "@understudy/core";
import type { DesiredStack } from "../context/prepare.ts";
import { setVariable } from "../context/variables.ts";
import { type Endpoint, endpoints } from "../live/endpoints.ts";
import { apiKeyWorks, createApiKey } from "./n8n.ts";
import { ensureAdministrator } from "./open-webui.ts";

/**
 * Make the stack usable without a browser: n8n's owner and API key, Open WebUI's administrator. What is there already is
 * left alone. Only for services that the model has under these names and that can be reached.
 */
export async function firstRun(session: HostSession, { envFile, model }: DesiredStack): Promise<void> {
  const value = (name: string) => envFile.values[name] ?? "";
  const reachable = new Map(endpoints(model).map((endpoint) => [endpoint.service, endpoint]));
  const n8n = reachable.get("n8n");
  if (n8n) {
    const key = value("N8N_API_KEY");
    if (!key || !(await apiKeyWorks(session, baseUrl(n8n), key))) {
      const login = { email: value("N8N_OWNER_EMAIL"), password: value("N8N_OWNER_PASSWORD") };
      setVariable(envFile.path, "N8N_API_KEY", await createApiKey(session, baseUrl(n8n), login));
    }
  }
  const openWebui = reachable.get("open-webui");
  if (openWebui) {
    const login = { email: value("WEBUI_ADMIN_EMAIL"), password: value("WEBUI_ADMIN_PASSWORD") };
    await ensureAdministrator(session, baseUrl(openWebui), login);
  }
}

function baseUrl({ probe }: Endpoint): URL {
  return new URL(`http://${probe.address.includes(":") ? `[${probe.address}]` : probe.address}:${probe.port}`);
}
