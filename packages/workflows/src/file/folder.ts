import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Installation, UserError, writeFileAtomic } from "@understudy/core";
import { sha256 } from "../content/hash.ts";
import { fromOneLine, parseHeader } from "./header.ts";
import { dataFile, type Migration } from "./migration.ts";
import { isTimestamp, namePattern } from "./name.ts";
import { parseMigration } from "./parse.ts";
import { renderMigration } from "./render.ts";

/** A file of the folder, not parsed yet: most of them were applied long ago. */
export interface MigrationFile {
  readonly name: string;
  /** SHA-256 of its bytes; they name the checksum of a data file. */
  readonly checksum: string;
  /** @throws UserError when it is not as it was written. */
  parse(): Migration;
  /** What its header alone says. @throws UserError for a header that is none */
  summary(): Summary;
}

/** A migration without its content. */
export interface Summary {
  readonly name: string;
  readonly workflowId: string;
  readonly workflow: string;
  readonly source: string;
  readonly environment: string;
  /** Of its content. */
  readonly hash: string;
}

/** `workflows/migrations` of an installation. */
export class MigrationFolder {
  readonly root: string;
  readonly path: string;
  /** Text of its .gitattributes: a checkout must give the very bytes that were reviewed. */
  readonly attributes = "* -text\n";

  constructor({ root }: Pick<Installation, "root">) {
    this.root = root;
    this.path = join(root, "workflows", "migrations");
  }

  /** Names of its files of SQL, in the order in which they apply. */
  names(): string[] {
    if (!existsSync(this.path)) return [];
    return readdirSync(this.path)
      .filter((name) => name.endsWith(".sql"))
      .toSorted();
  }

  /** Every migration, in the order in which they apply. @throws UserError for a file that is called like none */
  files(): MigrationFile[] {
    return this.names().map((name) => this.#file(requireName(name)));
  }

  /** Names of data files that no migration needs. */
  strayData(): string[] {
    const folder = join(this.path, "data");
    if (!existsSync(folder)) return [];
    const needed = new Set(this.names().map(dataFile));
    return readdirSync(folder)
      .map((name) => `data/${name}`)
      .filter((name) => !needed.has(name))
      .toSorted();
  }

  /** Write a migration: its data file first, so that none is ever without. @returns the path of each file */
  write(migration: Migration): string[] {
    mkdirSync(this.path, { recursive: true });
    const attributes = join(this.path, ".gitattributes");
    if (!existsSync(attributes)) writeFileAtomic(attributes, this.attributes, 0o644);
    const { sql, data } = renderMigration(migration);
    const file = join(this.path, migration.name);
    const beside = join(this.path, dataFile(migration.name));
    if (data !== undefined) writeFileAtomic(beside, data, 0o644);
    writeFileAtomic(file, sql, 0o644);
    return [...(data === undefined ? [] : [beside]), file, attributes];
  }

  #file(name: string): MigrationFile {
    const bytes = readFileSync(join(this.path, name));
    return {
      name,
      checksum: sha256(bytes),
      parse: () => parseMigration(name, utf8(name, bytes), this.#data(name)),
      summary: () => summaryOf(name, utf8(name, bytes.subarray(0, endOfHeader(bytes)))),
    };
  }

  #data(name: string): string | undefined {
    const file = join(this.path, dataFile(name));
    return existsSync(file) ? utf8(dataFile(name), readFileSync(file)) : undefined;
  }
}

/** A migration that nobody wrote yet, as its file would be. */
export function unwritten(migration: Migration): MigrationFile {
  const { name } = migration;
  const { sql, data } = renderMigration(migration);
  return {
    name,
    checksum: sha256(sql),
    parse: () => parseMigration(name, sql, data),
    summary: () => summaryOf(name, sql),
  };
}

function summaryOf(name: string, text: string): Summary {
  const header = parseHeader(text, name);
  const { "Workflow id": id = "", Workflow = "", Environment = "", Source = "", Content = "" } = header;
  return {
    ...{ name, source: Source, hash: Content },
    ...{ workflowId: fromOneLine(id), workflow: fromOneLine(Workflow), environment: fromOneLine(Environment) },
  };
}

function endOfHeader(bytes: Buffer): number {
  const end = bytes.indexOf("\n\n");
  return end < 0 ? bytes.length : end;
}

function requireName(name: string): string {
  const timestamp = namePattern.exec(name)?.groups?.timestamp;
  if (timestamp && isTimestamp(timestamp)) return name;
  throw new UserError(`workflows/migrations/${name} is not called YYYYMMDDHHMMSS_description.sql`, {
    next: "Give it back the name that n8n:create-migration gave it, or move it elsewhere",
  });
}

function utf8(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new UserError(`${name} is not UTF-8`, { next: "Take it from git again (git checkout)", cause: error });
  }
}
