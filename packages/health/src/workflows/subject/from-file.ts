import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, UserError } from "@understudy/core";
import type { Graph, WorkflowSettings } from "@understudy/n8n";
import { fill } from "../../checks/definitions/fill.ts";
import type { Call } from "../definitions/definition.ts";
import type { ReadTest } from "../definitions/read-tests.ts";
import type { Ground } from "../ground.ts";
import { startOf } from "./start.ts";
import type { Source } from "./subject.ts";
import { databaseLogin, openDatabase, removeLeftTables, temporaryName, temporaryTable } from "./temporary.ts";
import type { Undo } from "./undo.ts";

/** The workflow of a file, and the credential and the table that its test has made for it. */
export async function fromFile(
  ground: Ground,
  { folder, make }: ReadTest,
  call: Call,
  nonce: string,
  undo: Undo,
): Promise<Source> {
  const table = make?.table === undefined ? undefined : await makeTable(ground, make.database, make.table, nonce, undo);
  const own = { nonce, table, catcher: ground.catcher.address(nonce) };
  const {
    name,
    settings = {},
    ...graph
  } = fill(readFile(join(folder, call.file ?? "")), (variable) => own[variable as keyof typeof own]);
  const credential = make && (await makeCredential(ground, make.database, nonce, undo));
  const nodes = graph.nodes.map((node) =>
    credential && node.type === "n8n-nodes-base.postgres" ? { ...node, credentials: { postgres: credential } } : node,
  );
  const start = startOf(nodes, call.start);
  return { name, graph: { ...graph, nodes }, settings, start, original: undefined, asItIs: true };
}

function readFile(file: string): Graph & { name: string; settings?: WorkflowSettings } {
  if (!existsSync(file)) throw new UserError(`${file} does not exist`, { next: "Correct call.file" });
  try {
    const { name, nodes, connections, settings } = JSON.parse(readFileSync(file, "utf8"));
    if (typeof name === "string" && Array.isArray(nodes) && typeof connections === "object")
      return { name, nodes, connections, settings };
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${messageOf(error)}`, {
      next: "Download the workflow from n8n again",
      cause: error,
    });
  }
  throw new UserError(`${file} is no workflow: it lacks name, nodes or connections`, { next: "Download it from n8n" });
}

async function makeTable(
  ground: Ground,
  database: string,
  columns: string,
  nonce: string,
  undo: Undo,
): Promise<string> {
  const table = temporaryTable(nonce);
  await using session = await openDatabase(ground, database);
  await removeLeftTables(session, ground);
  await session.query(`CREATE TABLE ${table} (${columns})`);
  undo.later(`table ${table} of ${database}`, async () => {
    await using again = await openDatabase(ground, database);
    await again.query(`DROP TABLE IF EXISTS ${table}`);
  });
  return table;
}

async function makeCredential({ n8n, catcher, stack }: Ground, database: string, nonce: string, undo: Undo) {
  const { id, name } = await n8n.createCredential({
    name: temporaryName(catcher.run, `postgres ${database} ${nonce}`),
    type: "postgres",
    data: { host: "postgres", port: 5432, ssl: "disable", sshTunnel: false, ...databaseLogin({ stack }, database) },
  });
  undo.later(`credential ${id}`, () => n8n.deleteCredential(id));
  return { id, name };
}
