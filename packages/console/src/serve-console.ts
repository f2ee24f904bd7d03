import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type Installation,
  isSecret,
  type Log,
  parseEnvFile,
  readSecretFile,
  type Settings,
  secrets,
} from "@understudy/core";
import fastify, { type FastifyInstance } from "fastify";
import manifest from "../package.json" with { type: "json" };
import { Accounts } from "./access/accounts.ts";
import { Gate } from "./access/gate.ts";
import { consolePlugin } from "./http/console-plugin.ts";
import { consoleRoutes } from "./http/routes.ts";
import { KeptAnswers } from "./views/kept.ts";
import { Watch } from "./views/watch.ts";

export interface ConsoleOptions {
  readonly installation: Installation;
  readonly settings: Settings;
  /** Where it will listen, for the names that it answers to. */
  readonly port: number;
  readonly host: string;
  /** Folder of the built page; undefined: only the API. */
  readonly page: string | undefined;
  readonly log: Log;
  /** The agent that does full syncs, in the same process. */
  readonly beside?: Beside;
}

/** Another plugin of the same process: it is given the door that everybody comes through. */
export interface Beside {
  /** Whose it is. */
  readonly environment: string;
  register(server: FastifyInstance, gate: Gate): Promise<void>;
}

/** Answers that are dear are remembered so long, ms. */
const fresh = 20_000;

/** The console on a server of its own. Whoever closes the server closes its accounts. */
export async function createConsole(options: ConsoleOptions): Promise<FastifyInstance> {
  const { installation, settings, page, log, beside } = options;
  const { publicUrl } = settings.console;
  const accounts = Accounts.of(installation);
  const secure = publicUrl !== undefined;
  const { hosts, origins } = namesOf(options);
  const attempts = settings.console.loginAttempts;
  const gate = new Gate({ accounts, hosts, origins, secure, attempts });
  const desk = {
    ...{ installation, settings, accounts, gate, secure, log },
    watch: new Watch(installation),
    kept: new KeptAnswers(fresh),
    version: manifest.version,
    fullSync: beside?.environment ?? null,
  };
  const server = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 4_000_000,
    // Whose address counts for the limits: of who comes through the edge, as the edge says.
    trustProxy: (_, hop) => secure && hop < 1,
  });
  learnSecrets(installation, settings);
  server.addHook("onClose", async () => accounts[Symbol.dispose]());
  await server.register(consolePlugin, { gate, routes: consoleRoutes(desk), secure, page, log });
  if (beside) await registerBeside(server, beside, gate);
  return server;
}

async function registerBeside(server: FastifyInstance, beside: Beside, gate: Gate): Promise<void> {
  try {
    await server.register(async (scope) => await beside.register(scope, gate));
  } catch (error) {
    await server.close().catch(() => {});
    throw error;
  }
}

/** The names that the console answers to, as `Host` and `Origin` have them. Pure. */
export function namesOf({
  settings,
  host,
  port,
}: Pick<ConsoleOptions, "host" | "port"> & { readonly settings: Pick<Settings, "console"> }): {
  hosts: string[];
  origins: string[];
} {
  const local = [...new Set([`${host}:${port}`, `127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])];
  const outside = URL.parse(settings.console.publicUrl ?? "");
  return {
    hosts: [...local, ...(outside ? [outside.host] : [])],
    origins: [...local.map((name) => `http://${name}`), ...(outside ? [outside.origin] : [])],
  };
}

/** Every secret of every environment is known from the start, so that none can be shown. */
function learnSecrets(installation: Installation, settings: Settings): void {
  for (const environment of Object.keys(settings.environments)) {
    const file = installation.envFile(environment);
    if (!existsSync(file)) continue;
    const values = Object.entries(parseEnvFile(readSecretFile(file)));
    secrets.add(values.flatMap(([name, value]) => (isSecret(name, value) ? [value] : [])));
  }
}

/** Where `pnpm build:console` puts the page. */
export const builtPage = join(import.meta.dirname, "../dist");
