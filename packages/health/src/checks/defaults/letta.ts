import type { Check } from "../check.ts";
import { containerEnv } from "../container-env.ts";
import { define } from "../registry.ts";
import { usual } from "../usual.ts";
import { databaseLogin, loginFromUrl } from "./database-login.ts";

const port = 8283;

export function letta(): Check[] {
  return [
    define({ name: "letta health", type: "http", service: "letta", port, path: "/v1/health/" }),
    agents,
    databaseLogin("letta database", "letta", ({ LETTA_PG_URI }) => loginFromUrl(LETTA_PG_URI)),
  ];
}

/** Its health address does not ask the database; its list of agents comes from there. */
const agents: Check = {
  ...usual,
  name: "letta agents",
  service: "letta",
  expected: "its agents are listed, with its password",
  needs: ["letta"],
  look: async (context, signal) => {
    const { LETTA_SERVER_PASSWORD = "" } = containerEnv(context.containers.get("letta"));
    const asked = define({
      name: "letta agents",
      type: "http",
      service: "letta",
      port,
      path: "/v1/agents/?limit=1",
      headers: { authorization: `Bearer ${LETTA_SERVER_PASSWORD}` },
    });
    return await asked.look(context, signal);
  },
};
