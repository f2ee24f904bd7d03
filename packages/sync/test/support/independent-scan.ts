import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Engine, exec, ofStack } from "@understudy/core";
import type { Planted } from "./planted.ts";
import type { EnvironmentName, Stage } from "./stage.ts";
import { tracesOf } from "./traces.ts";

/** Planted values that were found, by where: `dump`, `volume postgres-data`, `log n8n`, `graph`, … */
export type Finds = Readonly<Record<string, readonly Planted[]>>;

/**
 * Search everything that an environment keeps for planted values with pg_dumpall and grep: no code of the product. Its databases, its
 * graph, every file of its volumes (data files and write-ahead logs among them), and what its containers logged.
 */
export async function scanEnvironment(
  stage: Stage,
  environment: EnvironmentName,
  planted: readonly Planted[],
): Promise<Finds> {
  await using sieve = await openSieve(stage, environment, planted);
  const { POSTGRES_PASSWORD = "" } = stage.installation.env(environment);
  const finds: Record<string, readonly Planted[]> = {};
  finds.dump = await sieve.search(`PGPASSWORD=${POSTGRES_PASSWORD} pg_dumpall -h postgres -U postgres`);
  finds.graph = await sieve.search("cat", await stage.cypher(environment, everything));
  for (const volume of sieve.volumes) finds[`volume ${volume}`] = await sieve.search(`cat_files /volumes/${volume}`);
  const containers = await stage.engine.docker.listContainers({
    all: true,
    filters: ofStack(`${stage.installation.project}-${environment}`),
  });
  for (const { Id, Names } of containers) {
    const lines = await stage.engine.docker.getContainer(Id).logs({ stdout: true, stderr: true });
    finds[`log ${Names[0]}`] = await sieve.search("cat", lines.toString());
  }
  return finds;
}

/** The same search in what the installation keeps on this machine: logs, states, reports, facts. */
export async function scanInstallation(stage: Stage, planted: readonly Planted[]): Promise<Finds> {
  await using sieve = await openSieve(stage, "staging", planted);
  const { root } = stage.installation;
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(root, path)).isFile(),
  );
  const finds: Record<string, readonly Planted[]> = {};
  for (const path of files) finds[path] = await sieve.search("cat", readFileSync(join(root, path), "latin1"));
  return finds;
}

/** Only where something was found, and in which places it had been planted. */
export function found(finds: Finds): Record<string, string[]> {
  const where = Object.entries(finds).filter(([, planted]) => planted.length > 0);
  return Object.fromEntries(where.map(([name, planted]) => [name, [...new Set(planted.map(({ place }) => place))]]));
}

/** Relationships first: a graph without any still has nodes. */
const everything = "MATCH ()-[r]->() RETURN properties(r) AS p UNION ALL MATCH (n) RETURN properties(n) AS p;";

interface Sieve extends AsyncDisposable {
  /** Names of the volumes, as the compose files have them. */
  readonly volumes: readonly string[];
  /** @param command whose output is searched */
  search(command: string, input?: string): Promise<Planted[]>;
}

/** A container with an environment's volumes, read-only, on its network, and the patterns in it. */
async function openSieve(
  { engine, installation }: Stage,
  environment: EnvironmentName,
  planted: readonly Planted[],
): Promise<Sieve> {
  const stackName = `${installation.project}-${environment}`;
  const { Volumes } = await engine.docker.listVolumes();
  const volumes = (Volumes ?? []).map(({ Name }) => Name).filter((name) => name.startsWith(`${stackName}_`));
  const short = (name: string) => name.slice(stackName.length + 1);
  const container = await engine.docker.createContainer({
    name: `${stackName}-sieve`,
    Image: "understudy/toolbox:17",
    Cmd: ["sleep", "infinity"],
    User: "0",
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      Binds: volumes.map((name) => `${name}:/volumes/${short(name)}:ro`),
      NetworkMode: `${stackName}_internal`,
    },
  });
  await container.start();
  const traces = tracesOf(planted);
  await run(engine, container.id, "cat > /tmp/patterns", [...traces.keys()].join("\n"));
  return {
    volumes: volumes.map(short),
    search: async (command, input) => {
      const text = await run(engine, container.id, searching(command), input);
      return [
        ...new Set(
          text
            .split("\n")
            .filter(Boolean)
            .map((line) => known(traces, line)),
        ),
      ];
    },
    [Symbol.asyncDispose]: () => container.remove({ force: true }),
  };
}

/** Files of a running server may go while they are read. */
const searching = (command: string) => `
  cat_files() { find "$1" -type f -print0 | xargs -0 -r cat 2> >(grep -v 'No such file' >&2) || true; }
  { ${command}; } | LC_ALL=C grep -aoiFf /tmp/patterns | LC_ALL=C tr A-Z a-z | LC_ALL=C sort -u`;

async function run(engine: Engine, container: string, script: string, stdin = ""): Promise<string> {
  const { stdout, stderr } = await exec(engine, container, ["bash", "-c", script], { stdin, keep: 100_000_000 });
  if (stderr) throw new Error(`the search failed: ${stderr}`);
  return stdout;
}

function known(traces: ReadonlyMap<string, Planted>, text: string): Planted {
  const planted = traces.get(text);
  if (!planted) throw new Error(`grep found what it was not asked for: ${text}`);
  return planted;
}
