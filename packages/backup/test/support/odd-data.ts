import { type Engine, exec } from "@understudy/core";
import { serverIn } from "@understudy/data";
import { openReach } from "@understudy/environment";
import type { TestInstallation } from "../../../deploy/test/support/installation.ts";
import { fillWithEverything } from "../../../sync/test/support/everything.ts";

/** Somebody's address: it must be found in no place but the data. */
export const person = "ada.planted@mail.test";

const database = "odd";
const file = "/home/node/.n8n/binaryData/odd ü.bin";

/** Data of every kind in a whole staging, put in, changed and looked at past the product. */
export class OddData {
  readonly #engine: Engine;
  readonly #installation: TestInstallation;

  constructor(engine: Engine, installation: TestInstallation) {
    this.#engine = engine;
    this.#installation = installation;
  }

  async fill(): Promise<void> {
    const info = await this.#engine.docker.getContainer(this.#container("postgres")).inspect();
    const { POSTGRES_PASSWORD: password = "" } = this.#installation.env("staging");
    await using reach = await openReach(this.#engine, "staging");
    await using server = await serverIn(this.#engine, reach, { container: info, environment: "staging", password });
    await fillWithEverything(server, database);
    await this.#sql(
      `CREATE TABLE people (id bigint PRIMARY KEY, email text); INSERT INTO people VALUES (1, '${person}')`,
    );
    await this.#cypher(
      `CREATE (:Person {id: 1, email: '${person}'})-[:KNOWS {since: date('2024-02-29')}]->(:Person {id: 2});`,
    );
    await this.#sh(
      "n8n",
      'mkdir -p "$(dirname "$1")"; head -c 100000 /dev/urandom > "$1"; ln -sf odd "$1.link"; chmod 640 "$1"',
      file,
    );
  }

  /** Everything that a restore must bring back. */
  async change(): Promise<void> {
    await this.#sql(`UPDATE people SET email = 'changed'; INSERT INTO people VALUES (2, 'new'); DROP TABLE bookings;
      SELECT nextval('tickets'); SELECT lo_unlink(4711); CREATE TABLE later (id int); DELETE FROM kinds WHERE s % 2 = 0`);
    await this.#cypher("MATCH (p:Person {id: 2}) DETACH DELETE p; CREATE (:Later);");
    await this.#sh("n8n", 'echo changed > "$1"; echo new > "$1.new"', file);
  }

  /** The same for the same data: rows of every table, sequences, large objects, the graph, files with their modes. */
  async digest(): Promise<string> {
    const rows = await this.#sql(
      `SELECT format('SELECT %L, count(*), md5(string_agg(hash, NULL ORDER BY hash)) FROM (SELECT md5(t::text) AS hash FROM ONLY %s AS t) AS rows', c.oid::regclass, c.oid::regclass)
       FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE relkind IN ('r', 'm') AND nspname !~ '^(pg_|information_schema)' ORDER BY 1 \\gexec
       SELECT * FROM pg_sequences ORDER BY 1, 2; SELECT loid, md5(string_agg(data, '' ORDER BY pageno)) FROM pg_largeobject GROUP BY 1 ORDER BY 1`,
    );
    const graph = await this.#cypher(
      "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) RETURN labels(n), properties(n), type(r), properties(r), m.id ORDER BY toString(labels(n)[0]), n.id, m.id;",
    );
    const files = await this.#sh(
      "n8n",
      'cd "$(dirname "$1")"; ls -l --full-time odd*; find . -name "odd*" -type f -exec md5sum {} + | sort',
      file,
    );
    return [rows, graph, files].join("\n");
  }

  #container(service: string): string {
    return `${this.#installation.project}-staging-${service}`;
  }

  async #sql(script: string): Promise<string> {
    const command = ["psql", "-qtAX", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-f", "-"];
    return await this.#exec("postgres", command, `${script};\n`);
  }

  async #cypher(script: string): Promise<string> {
    const { NEO4J_PASSWORD = "" } = this.#installation.env("staging");
    return await this.#exec(
      "neo4j",
      ["cypher-shell", "-u", "neo4j", "-p", NEO4J_PASSWORD, "--format", "plain"],
      script,
    );
  }

  async #sh(service: string, script: string, ...args: readonly string[]): Promise<string> {
    return await this.#exec(service, ["sh", "-ec", script, "sh", ...args]);
  }

  async #exec(service: string, command: readonly string[], stdin = ""): Promise<string> {
    const { exitCode, stdout, stderr } = await exec(this.#engine, this.#container(service), command, { stdin });
    if (exitCode !== 0) throw new Error(`${command[0]} in ${service} ended with ${exitCode}: ${stderr}${stdout}`);
    return stdout.trim();
  }
}
