/** One database as its system catalogs describe it, without what belongs to Postgres itself. */
export interface Catalog {
  readonly database: string;
  /** As `server_version_num`, e.g. 170006. */
  readonly serverVersion: number;
  /**
   * Every relation that holds rows of its own or stands over ones that do: by schema and name; materialized views come
   * last, each after those that it reads.
   */
  readonly tables: readonly Table[];
  readonly sequences: readonly Sequence[];
  readonly extensions: readonly Extension[];
  /** Roles that own something here, are granted something or are named by a row security policy. */
  readonly roles: readonly string[];
  readonly largeObjects: { readonly count: number; readonly bytes: number };
  /** Kinds of objects that a copy does not carry, with their names, e.g. subscriptions. */
  readonly notCarried: readonly { readonly kind: string; readonly name: string }[];
}

export interface Table {
  /** `schema.name` as they are, without quotes: how a policy and a person name it. */
  readonly id: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: "table" | "partitioned" | "partition" | "foreign" | "materialized view";
  /** Ids of the tables that it is a partition of or inherits from. */
  readonly parents: readonly string[];
  /** The extension that owns it. */
  readonly extension: string | undefined;
  readonly unlogged: boolean;
  /** As the planner believes; -1 when it was never analyzed. */
  readonly estimatedRows: number;
  /** Of its rows, with what is kept out of line, without indexes. */
  readonly bytes: number;
  /** Pages of 8 KiB of its main part. */
  readonly pages: number;
  readonly comment: string | undefined;
  /** In order; dropped ones are left out. */
  readonly columns: readonly Column[];
  readonly uniques: readonly UniqueIndex[];
  /** What the server computes over its rows for indexes and extended statistics, conditions of indexes too. */
  readonly computations: readonly Computation[];
  readonly exclusions: readonly Exclusion[];
  /** Of a partitioned table: the columns that its key depends on. */
  readonly partitionKey: readonly string[];
  readonly checks: readonly CheckConstraint[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Not those that keep constraints. */
  readonly triggers: readonly Trigger[];
}

export interface Column {
  readonly name: string;
  /** As format_type() says it, e.g. `character varying(40)`, `public.mood[]`. */
  readonly type: string;
  readonly shape: TypeShape;
  /** By the column's own constraint or its domain's. */
  readonly notNull: boolean;
  /** Computed by the server from other columns: STORED, or (from Postgres 18) VIRTUAL. */
  readonly generated: boolean;
  /** Of a generated one, how. */
  readonly formula?: Formula;
  /** GENERATED ALWAYS or BY DEFAULT AS IDENTITY; null: neither. */
  readonly identity: "always" | "by default" | null;
  /** Whether a sequence is its own, as that of an identity or a `serial` is. */
  readonly numbered: boolean;
  readonly comment: string | undefined;
}

export interface Formula {
  /** SQL over the table's own columns. */
  readonly sql: string;
  /** Those that it depends on. */
  readonly columns: readonly string[];
}

/** What a value of a type is made of, below domains. */
export interface TypeShape {
  /** `pg_type.typname` of the type below all domains and outside of arrays, e.g. `text`, `varchar`, `citext`, `jsonb`, `mood`. */
  readonly base: string;
  readonly kind: "base" | "enum" | "composite" | "range" | "multirange";
  /** `pg_type.typcategory`: S text, N number, D date, B boolean, U user-defined … */
  readonly category: string;
  readonly array: boolean;
  /** Domains that stand over it, outermost first, `schema.name`; their checks hold for every value. */
  readonly domains: readonly string[];
  /** Most characters, of `varchar(n)` and `char(n)`. */
  readonly maxLength: number | undefined;
  /** Of an enum. */
  readonly labels: readonly string[];
  /** Of a composite type: its fields. */
  readonly fields: readonly { readonly name: string; readonly type: string; readonly shape: TypeShape }[];
}

export interface Computation {
  /** Of the index or the statistics. */
  readonly name: string;
  readonly part: "key" | "condition" | "statistics";
  /** SQL over the table's own columns. */
  readonly sql: string;
}

/** An exclusion constraint: no two rows may be alike in all of its elements. Its index is among the unique ones too. */
export interface Exclusion {
  readonly name: string;
  /** SQL over the table's own columns, and the operator that tells whether two rows are alike, e.g. `&&`. */
  readonly elements: readonly { readonly sql: string; readonly operator: string }[];
}

/**
 * A unique index: of a primary key, a unique constraint, or alone. Also the index of an exclusion constraint: where that
 * asks for equality, values that stay different keep it.
 */
export interface UniqueIndex {
  readonly name: string;
  readonly primary: boolean;
  /** Columns that it names plainly, in order. */
  readonly columns: readonly string[];
  /** Every column that it depends on, those inside expressions and in its WHERE too; not those of INCLUDE. In the table's order. */
  readonly dependsOn: readonly string[];
  /** Whether it has expressions, e.g. `lower(email)`. */
  readonly expressions: boolean;
  /** Text of its WHERE. */
  readonly predicate: string | undefined;
  /** Whether NULL is equal to NULL: NULLS NOT DISTINCT. */
  readonly nullsEqual?: true;
}

export interface CheckConstraint {
  readonly name: string;
  /** The expression alone, over the columns' own names. */
  readonly expression: string;
  readonly columns: readonly string[];
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** Id of the table that it refers to. */
  readonly references: string;
  readonly referencedColumns: readonly string[];
  /** MATCH FULL: NULL in all of its columns, or in none. */
  readonly full?: true;
}

export interface Trigger {
  readonly name: string;
  /** `schema.name` of its function. */
  readonly function: string;
  /** Arguments of CREATE TRIGGER. */
  readonly arguments: readonly string[];
  readonly enabled: boolean;
}

export interface Sequence {
  readonly schema: string;
  readonly name: string;
  /** Text, as it may be larger than a number holds; undefined when it was never asked. */
  readonly lastValue: string | undefined;
  /** What it will give first, when it was never asked. */
  readonly firstValue: string | undefined;
}

export interface Extension {
  readonly name: string;
  readonly version: string;
}
