import type { Column, Entity } from "../entity.ts";
import type { Row } from "../values/kind.ts";
import type { Work } from "./work.ts";

/** Types of the engine's own columns. */
export type BookType = "text" | "integer" | "boolean" | "uuid" | "json" | "time";

/** What a replica is: the one that gives versions, or one of those that get them. */
export type Role = "server" | "node";

/** What SQLite and Postgres do differently. */
export interface Dialect {
  /** Column types of the engine's tables; `serial` is a primary key that counts up. */
  readonly types: Readonly<Record<BookType | "serial", string>>;
  /** `FROM` the rows of a JSON array that is parameter `$1`, named `given`. */
  given(columns: Readonly<Record<string, BookType>>): string;
  /** Insert rows into one of the engine's tables. @param onConflict `ON CONFLICT …`, or nothing */
  insert(
    table: string,
    columns: Readonly<Record<string, BookType>>,
    rows: readonly object[],
    onConflict?: string,
  ): Work<void>;
  /** Make what triggers need, beside the engine's tables: whenever those are of a new version. */
  setUp(): Work<void>;
  /** Keep other transactions of the engine out, until this one ends. */
  lock(): Work<void>;
  /** Whether writes are the engine's own, which are not captured, from here to the end of the transaction. */
  applying(on: boolean): Work<void>;
  /** The tables that take part. */
  entities(): Work<Entity[]>;
  /** Rows by uuid; with `hold`, nobody else changes them until the transaction ends. */
  readRows(entity: Entity, uuids: readonly string[], hold?: boolean): Work<Map<string, Row>>;
  /** Insert or update by uuid the columns that are given. @returns the rows as they are stored, by uuid */
  writeRows(entity: Entity, rows: readonly Row[]): Work<Map<string, Row>>;
  removeRows(entity: Entity, uuids: readonly string[]): Work<void>;
  /** Have every write captured, whoever makes it. Returns whether it was not before. */
  capture(entity: Entity): Work<boolean>;
  /** How a column is declared in a table that is made for a node. */
  declare(column: Pick<Column, "name" | "kind">): string;
  /**
   * Add what a table needs to take part, and fill it for the rows that it has: on the server they get versions, on a node they wait to be
   * sent. Returns what was done, for people.
   */
  enable(table: string, role: Role): Work<string[]>;
  /** All uuids after one, in order. */
  uuids(entity: Entity, after: string, limit: number): Work<string[]>;
  /**
   * Run `work` with constraints that look at several rows checked at its end.
   * @param clear rows whose places `work` takes anew, so that unique values can change hands
   */
  together(work: () => Work<void>, clear: () => Work<void>): Work<void>;
  /** Which constraint data broke, or that they do not fit their column, for people; undefined for any other failure. */
  violation(error: unknown): string | undefined;
}
