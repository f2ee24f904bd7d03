import type { DesiredStack } from "@understudy/environment";
import type { Check } from "../check.ts";
import { define } from "../registry.ts";

/** The certificate of every public https address of the environment: variables such as `N8N_PUBLIC_URL`. */
export function certificates({ environment, envFile }: DesiredStack): Check[] {
  const variables = Object.entries({ ...envFile.values, ...environment.variables });
  const servers = variables.flatMap(([name, value]) => {
    if (!name.endsWith("_PUBLIC_URL") || !value.startsWith("https://") || !URL.canParse(value)) return [];
    const { hostname, port } = new URL(value);
    return [`${hostname}:${port || 443}`];
  });
  return [...new Set(servers)].map((server) => {
    const [, host = "", port] = /^(.*):(\d+)$/.exec(server) ?? [];
    return define({
      name: `certificate ${server}`,
      type: "tls",
      host: host.replaceAll(/[[\]]/g, ""),
      port: Number(port),
    });
  });
}
