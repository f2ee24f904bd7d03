import { UserError } from "@understudy/core";
import type { Connections, Node, WorkflowSettings } from "@understudy/n8n";
import type { Content } from "../content/content.ts";
import { contentHash, sha256 } from "../content/hash.ts";
import { shapeProblem } from "../content/shape.ts";
import { fromOneLine, type Header, parseHeader } from "./header.ts";
import { dataFile, type Migration, type Source, sources } from "./migration.ts";
import { Reader } from "./reader.ts";
import { renderMigration } from "./render.ts";

/**
 * Read a migration back. What is returned renders to the very bytes that were read: a file that holds anything else, such as a
 * statement of somebody's own, is refused, so what is reviewed in git is all that ever runs.
 * @param data text of its data file, when it has one
 * @throws UserError naming the file, and the first line that is not as it was written
 */
export function parseMigration(name: string, sql: string, data?: string): Migration {
  const header = parseHeader(sql, name);
  const migration = read(name, sql, header, data);
  if (migration.name !== name) {
    throw new UserError(`${name} was made as ${migration.name}`, {
      next: `Give it back its name: git mv ${name} ${migration.name}`,
    });
  }
  const rendered = renderMigration(migration);
  if (rendered.sql !== sql) throw altered(name, firstDifference(rendered.sql, sql));
  if (migration.hash !== contentHash(migration.content)) throw altered(name, lineOf(sql, "-- Content: "));
  return migration;
}

function read(name: string, sql: string, header: Header, data: string | undefined): Migration {
  const value = (field: keyof Header) => {
    const found = header[field];
    if (found === undefined) throw new UserError(`${name} has no line "-- ${field}: …" at its beginning`, restore);
    return found;
  };
  if (header.Data !== undefined) requireData(name, header.Data, data);
  const basedOn = value("Based on");
  const lastUpdated = new Date(`${value("Last Updated").replace(" ", "T")}Z`);
  if (Number.isNaN(lastUpdated.getTime())) throw altered(name, lineOf(sql, "-- Last Updated: "));
  try {
    return {
      name: value("Migration"),
      source: sourceOf(name, value("Source")),
      environment: fromOneLine(value("Environment")),
      workflowId: fromOneLine(value("Workflow id")),
      lastUpdated,
      n8nVersion: fromOneLine(value("n8n")),
      basedOn: basedOn === "none" ? undefined : basedOn,
      hash: value("Content"),
      publish: header.Publish === "yes",
      project: header.Project === undefined ? undefined : fromOneLine(header.Project),
      notes: header.Notes === undefined ? undefined : fromOneLine(header.Notes),
      content: contentIn(sql, header, header.Data === undefined ? undefined : data),
      isLarge: header.Data !== undefined,
    };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError(`${name} cannot be read: ${error.message}`, { ...restore, cause: error });
  }
}

/** In the order in which the statement has them. Columns that it lists otherwise do not render to the same bytes. */
function contentIn(sql: string, header: Header, data: string | undefined): Content {
  const values = "\nVALUES (\n";
  const reader = new Reader(sql, Math.max(sql.indexOf(values), 0)).expect(values);
  reader.expect("  /* id */ ").literal();
  const name = reader.expect(",\n  /* name */ ").literal() ?? "";
  const description = reader.expect(",\n  /* description */ ").literal();
  const elsewhere = (key: string) => reader.expect(`current_setting('understudy.data')::json -> '${key}'`);
  const stored = data === undefined ? undefined : (JSON.parse(data) as Record<string, unknown>);
  const jsonOf = (column: string) => {
    reader.expect(`,\n  /* ${column} */ `);
    if (stored && (column === "nodes" || column === "connections")) {
      elsewhere(column);
      return stored[column];
    }
    const found = reader.json();
    reader.expect("::json");
    return found;
  };
  const nodes = jsonOf("nodes");
  const connections = jsonOf("connections");
  const problem = shapeProblem(nodes, connections);
  if (problem) throw new SyntaxError(problem);
  return {
    name,
    description,
    nodes: nodes as Node[],
    connections: connections as Connections,
    settings: jsonOf("settings") as WorkflowSettings,
    nodeGroups: jsonOf("nodeGroups") as unknown[],
    isArchived: header.Archived === "yes",
    tags: names(header.Tags),
    folder: names(header.Folder),
  };
}

function names(line: string | undefined): string[] {
  return line === undefined ? [] : (JSON.parse(line) as string[]);
}

function sourceOf(name: string, source: string): Source {
  const found = sources.find((known) => known === source);
  if (found) return found;
  throw new UserError(`${name} says "Source: ${source}", which is none of ${sources.join(", ")}`, restore);
}

function requireData(name: string, line: string, data: string | undefined): void {
  const file = dataFile(name);
  if (data === undefined) throw new UserError(`${name} needs ${file}, which is not there`, restore);
  if (line !== `${file} ${sha256(data)}`) throw new UserError(`${file} is not what ${name} was made with`, restore);
}

const restore = { next: "Take it from git again (git checkout), or make the migration anew" };

function altered(name: string, line: number): UserError {
  return new UserError(`${name}:${line} is not as n8n:create-migration wrote it`, restore);
}

function firstDifference(expected: string, found: string): number {
  const lines = expected.split("\n");
  return found.split("\n").findIndex((line, index) => line !== lines[index]) + 1 || lines.length;
}

function lineOf(text: string, beginning: string): number {
  return text.split("\n").findIndex((line) => line.startsWith(beginning)) + 1;
}
