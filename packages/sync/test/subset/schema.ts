import { quoteName } from "@understudy/postgres";
import fc from "fast-check";

/** A database of tables that refer to each other, and what is asked of its copy. */
export interface Schema {
  readonly tables: readonly TableOf[];
  readonly keys: readonly Key[];
}

export interface TableOf {
  readonly name: string;
  /** By id: below 20, and the rest. */
  readonly partitioned: boolean;
  readonly rows: readonly Row[];
  /** Makes it large enough to be sampled. */
  readonly large: boolean;
  /** Of all its rows, and of its second partition in place of that. */
  readonly filter: Filter | undefined;
  readonly partFilter: Filter | "drop" | undefined;
}

/** Rows with this rest are left out. */
export interface Filter {
  readonly divisor: number;
  readonly rest: number;
}

/** `id` is the primary key, `a` and `b` are unique together where a table is not partitioned. */
export interface Row {
  readonly id: number;
  readonly a: number | null;
  readonly b: number | null;
  /** Values of the columns of each key that the table has, in the order of the schema's keys. */
  readonly refers: readonly (readonly (number | null)[])[];
}

/** A foreign key: of a table or of its second partition, to a table or to its second partition. */
export interface Key {
  readonly child: number;
  readonly childPart: boolean;
  readonly parent: number;
  readonly parentPart: boolean;
  readonly pair: boolean;
  readonly nullable: boolean;
}

/** Names that our own SQL uses too, and such as need quotes. */
const names = ["found", "child", 'Tä"b l', "found_row", "here", "set 1"];

const filter = fc.record({ divisor: fc.integer({ min: 2, max: 5 }), rest: fc.integer({ min: 0, max: 1 }) });

const shape = fc.record({
  partitioned: fc.boolean(),
  large: fc.boolean(),
  filter: fc.option(filter, { nil: undefined, freq: 2 }),
  partFilter: fc.option(fc.oneof(filter, fc.constant("drop" as const)), { nil: undefined, freq: 2 }),
  pairs: fc.array(fc.tuple(fc.option(fc.nat(3)), fc.option(fc.nat(3))), { minLength: 2, maxLength: 40 }),
  picks: fc.array(fc.nat(1_000), { minLength: 120, maxLength: 120 }),
});

export const schemas: fc.Arbitrary<Schema> = fc
  .tuple(
    fc.array(shape, { minLength: 2, maxLength: 6 }),
    fc.array(
      fc.record({
        child: fc.nat(5),
        parent: fc.nat(5),
        childPart: fc.boolean(),
        parentPart: fc.boolean(),
        pair: fc.boolean(),
        nullable: fc.boolean(),
      }),
      { minLength: 1, maxLength: 9 },
    ),
  )
  .map(([shapes, wishes]) => {
    const keys = wishes.map((wish): Key => {
      const [child, parent] = [wish.child % shapes.length, wish.parent % shapes.length];
      // Keys to a table that is dropped as a whole are none of a subset's: their columns become NULL.
      const dropped = shapes[parent]?.partFilter === "drop";
      const parentPartitioned = shapes[parent]?.partitioned ?? false;
      return {
        ...{ child, parent, nullable: wish.nullable, pair: wish.pair && !parentPartitioned },
        childPart: wish.childPart && (shapes[child]?.partitioned ?? false),
        // Postgres makes no foreign key from a partitioned table to its own partition, nor back.
        parentPart: (child === parent ? wish.childPart : wish.parentPart) && parentPartitioned && !dropped,
      };
    });
    const bare = shapes.map(({ pairs }) =>
      pairs.map(([a, b], index) => ({ id: index * 2 + 1, ...distinctPair(pairs, index, a, b) })),
    );
    return {
      keys,
      tables: shapes.map(({ picks, pairs, partFilter, ...table }, index) => {
        const next = fromList(picks);
        const own = keys.filter(({ child }) => child === index);
        const rows = (bare[index] ?? []).map((row) => ({
          ...row,
          refers: own.map((key) => valuesOf(key, bare[key.parent] ?? [], row.id, next)),
        }));
        return { ...table, name: names[index] ?? "", rows, partFilter: table.partitioned ? partFilter : undefined };
      }),
    };
  });

/** The border between partitions. */
export const border = 20;

/** Columns of the n-th of all keys. */
export function columnsOf(schema: Schema, key: Key): string[] {
  const at = schema.keys.indexOf(key);
  return key.pair ? [`r${at}`, `id${at}`] : [`r${at}`];
}

/** Names of tables that hold rows. */
export function leavesOf({ name, partitioned }: TableOf): string[] {
  return partitioned ? [`${name} 1`, `${name} 2`] : [name];
}

export function createStatements(schema: Schema): string[] {
  return schema.tables.flatMap((table, index) => {
    const name = `public.${quoteName(table.name)}`;
    const keys = schema.keys.filter(({ child }) => child === index);
    const columns = keys.flatMap((key) => columnsOf(schema, key).map((column) => `${quoteName(column)} int`));
    const all = [
      "id bigint PRIMARY KEY",
      "a int",
      "b int",
      ...columns,
      ...(table.partitioned ? [] : ["UNIQUE (a, b)"]),
    ];
    const [first = "", second = ""] = leavesOf(table).map((leaf) => `public.${quoteName(leaf)}`);
    return [
      `CREATE TABLE ${name} (${all.join(", ")})${table.partitioned ? " PARTITION BY RANGE (id)" : ""}`,
      ...(table.partitioned
        ? [
            `CREATE TABLE ${first} PARTITION OF ${name} FOR VALUES FROM (MINVALUE) TO (${border})`,
            // With its columns in another order.
            `CREATE TABLE ${second} (${[...columns, "b int", "a int", "id bigint NOT NULL"].join(", ")})`,
            `ALTER TABLE ${name} ATTACH PARTITION ${second} DEFAULT`,
          ]
        : []),
      ...table.rows.map(
        ({ id, a, b, refers }) =>
          `INSERT INTO ${name} VALUES (${[id, a, b, ...refers.flat()].map((value) => value ?? "NULL").join(", ")})`,
      ),
    ];
  });
}

export function keyStatements(schema: Schema): string[] {
  return schema.keys.map((key, index) => {
    const [child, parent] = [levelOf(schema, key.child, key.childPart), levelOf(schema, key.parent, key.parentPart)];
    const columns = columnsOf(schema, key).map(quoteName).join(", ");
    return `ALTER TABLE ${child} ADD CONSTRAINT key${index} FOREIGN KEY (${columns}) REFERENCES ${parent} (${key.pair ? "a, b" : "id"})`;
  });
}

export function dropKeyStatements(schema: Schema): string[] {
  return schema.keys.map(
    (key, index) => `ALTER TABLE ${levelOf(schema, key.child, key.childPart)} DROP CONSTRAINT key${index}`,
  );
}

function levelOf({ tables }: Schema, index: number, part: boolean): string {
  const table = tables[index] as TableOf;
  return `public.${quoteName(part ? (leavesOf(table)[1] ?? "") : table.name)}`;
}

/** Unique together, but where one is NULL. */
function distinctPair(
  pairs: readonly (readonly [number | null, number | null])[],
  index: number,
  a: number | null,
  b: number | null,
) {
  const taken = pairs.slice(0, index).some(([otherA, otherB]) => otherA === a && otherB === b);
  return taken ? { a: a === null ? null : a, b: null } : { a, b };
}

/** What a row's key holds: values of a row that it may refer to, NULLs where it may, anything where the key does not count. */
function valuesOf(
  key: Key,
  parents: readonly Omit<Row, "refers">[],
  id: number,
  next: () => number,
): (number | null)[] {
  if (key.childPart && id < border) return key.pair ? [next(), next()] : [next()];
  const candidates = parents.filter((row) =>
    key.pair ? row.a !== null && row.b !== null : !key.parentPart || row.id >= border,
  );
  const chosen = candidates[next() % Math.max(candidates.length, 1)];
  if (!chosen || (key.nullable && next() % 4 === 0)) return key.pair ? [null, next() % 2 ? next() : null] : [null];
  return key.pair ? [chosen.a, chosen.b] : [chosen.id];
}

/** The numbers over and over. */
function fromList(numbers: readonly number[]): () => number {
  let at = 0;
  return () => numbers[at++ % numbers.length] ?? 0;
}
