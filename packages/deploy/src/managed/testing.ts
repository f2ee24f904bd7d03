import type { SeenDatabase, SeenServer } from "./look.ts";

/** A database as a deploy leaves it, but for what is told. */
export function seenDatabase(changed: Partial<SeenDatabase> = {}): SeenDatabase {
  return {
    ...{ name: "app", variable: "APP_DB_PASSWORD", extension: "vector" },
    ...{ role: "as set", joined: true, owner: "app", hasExtension: true },
    ...changed,
  };
}

/** A server that can be used, but for what is told. */
export function seenServer(changed: Partial<SeenServer> = {}): SeenServer {
  return {
    ...{ version: 17, tools: 17, mayCreate: { roles: true, databases: true } },
    ...{ extensions: new Set(["vector"]), databases: [seenDatabase()] },
    ...changed,
  };
}
