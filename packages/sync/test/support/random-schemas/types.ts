import { textValue as text } from "./values.ts";

/** A kind of column: what stands in it, and what a policy may say of it. */
export interface ColumnType {
  /** With the schema that the database's own types are in. */
  readonly sql: (own: string) => string;
  /** SQL of the value with this number (an SQL expression too): another one for each number. Personal parts hold the tag. */
  readonly value: (number: string, tag: string, own: string) => string;
  /** Whether it can stand in keys: it compares, and its values are not long. */
  readonly key?: boolean;
  /** Rules that fit, beside `keep`; of those, the ones that keep values apart. */
  readonly masks: readonly unknown[];
  readonly distinct: readonly unknown[];
  /** Whether masked values no longer hold the tag. */
  readonly tagged?: boolean;
}

const label = ["email", "full-name", "phone", "hash", "url", "city", { mask: "template", text: "Customer {hash}" }];
const loose = [{ mask: "text" }, { mask: "fixed", value: "somebody" }];
const place = { mask: "composite", fields: { street: "address", country: "keep" } };
const never = (sql: string, value: ColumnType["value"], more: Partial<ColumnType> = {}): ColumnType => ({
  ...{ sql: () => sql, value, masks: [], distinct: [] },
  ...more,
});
const textual = (sql: ColumnType["sql"], more: Partial<ColumnType> = {}): ColumnType => ({
  ...{ sql, value: text, key: true, masks: [...label, ...loose], distinct: label, tagged: true },
  ...more,
});
const whole = (type: string, more: Partial<ColumnType> = {}): ColumnType => ({
  ...{ sql: () => type, value: (number: string) => number, key: true, masks: ["number"], distinct: ["number"] },
  ...more,
});
const moment = (type: string): ColumnType => ({
  ...{ sql: () => type, key: true, masks: ["date"], distinct: ["date"] },
  value: (number) => `('2020-01-01'::${type} + ${number} * interval '1 day')::${type}`,
});
const dates = (type: string, bound: string): ColumnType => ({
  ...{ sql: () => type, masks: ["date"], distinct: ["date"] },
  value: (number) =>
    `${type}('2020-01-01'::${bound}, ('2020-01-02'::${bound} + ${number} * interval '1 day')::${bound})`,
});
const document = (type: string): ColumnType => ({
  ...{ sql: () => type, distinct: [], tagged: true },
  value: (number, tag) =>
    `jsonb_build_object('mail', ${text(number, tag)}, 'n', ${number}, 'list', jsonb_build_array(${text(number, tag)}, NULL, true))::${type}`,
  masks: [
    { json: { $: "email" } },
    { json: { "$.mail": "email", "$.n": "keep", "$.list[*]": "hash" } },
    "hash",
    { json: { $: { mask: "text" } } },
  ],
});

/** Every type that docs/sync.md names, and what a policy makes of each. */
export const types: readonly ColumnType[] = [
  whole("integer"),
  textual(() => "text"),
  textual(() => "character varying(90)"),
  textual((own) => `${own}.citext`),
  whole("bigint"),
  whole("smallint"),
  whole("numeric(24,4)", { value: (number) => `${number} + 0.25` }),
  whole("numeric", { value: (number) => `${number} / 8.0` }),
  whole("numeric(10,2)", { distinct: [] }),
  whole("double precision", { value: (number) => `${number} / 3.0`, distinct: [] }),
  whole("real", { distinct: [] }),
  never("boolean", (number) => `${number} % 2 = 0`),
  never("character varying(12)", (number) => `'K' || ${number}`, { key: true, masks: ["hash"], distinct: ["hash"] }),
  never("character(9)", (number) => `'C' || ${number}`, { key: true, masks: ["hash"], distinct: ["hash"] }),
  never("text", (number) => `${number}::text`, { key: true, masks: ["number", "hash"], distinct: ["hash"] }),
  never("uuid", (number, tag) => `md5('${tag}' || ${number})::uuid`, {
    key: true,
    masks: ["uuid"],
    distinct: ["uuid"],
  }),
  moment("date"),
  moment("timestamp"),
  moment("timestamptz"),
  never("interval", (number) => `${number} * interval '1 hour'`, { key: true }),
  never("time", (number) => `time '00:00' + ${number} * interval '1 second'`, { key: true }),
  never("money", (number) => `${number}::money`),
  never("bit varying", (number) => `(${number}::bit(20))::bit varying`),
  never("point", (number) => `point(${number}, -(${number}))`, { masks: [{ mask: "fixed", value: "(1,2)" }] }),
  never("tsvector", (number) => `to_tsvector('simple', 'word' || ${number})`),
  document("jsonb"),
  document("json"),
  {
    sql: (own) => `${own}.hstore`,
    value: (number, tag, own) => `${own}.hstore(ARRAY['mail', ${text(number, tag)}, 'tier', 'gold'])`,
    masks: ["email", { mask: "hstore", keys: { mail: "email", tier: "keep" } }],
    distinct: [],
    tagged: true,
  },
  {
    sql: () => "text[]",
    value: (number, tag) => `CASE WHEN ${number} % 5 = 4 THEN '{}' ELSE ARRAY[${text(number, tag)}, NULL, ''] END`,
    masks: ["email", "hash"],
    distinct: [],
    tagged: true,
  },
  {
    sql: () => "text[]",
    value: (number, tag) =>
      `CASE WHEN ${number} % 7 < 6 THEN ARRAY[${text(number, tag)}] ELSE ARRAY[ARRAY[${text(number, tag)}, 'b'], ARRAY['c', NULL]] END`,
    masks: [...Array(5).fill({ mask: "fixed", value: "{x}" }), "email"],
    distinct: [],
    tagged: true,
  },
  {
    sql: (own) => `${own}.mail[]`,
    value: (number, tag, own) => `ARRAY[${text(number, tag)}, NULL]::${own}.mail[]`,
    masks: ["email"],
    distinct: [],
    tagged: true,
  },
  {
    sql: (own) => `${own}.hstore`,
    value: (number, tag, own) =>
      `${own}.hstore(CASE WHEN ${number} = 4 THEN 'fax' ELSE 'mail' END, ${text(number, tag)})`,
    masks: ["hash", "email", "url", "city", { mask: "hstore", keys: { mail: "email" } }],
    distinct: [],
    tagged: true,
  },
  never("integer[]", (number) => `ARRAY[${number}, 1, NULL]`, { masks: ["number"] }),
  {
    sql: (own) => `${own}.place`,
    value: (number, tag, own) => `ROW(${text(number, tag)}, 'Germany')::${own}.place`,
    masks: [place],
    distinct: [],
    tagged: true,
  },
  {
    sql: (own) => `${own}.place[]`,
    value: (number, tag, own) => `ARRAY[ROW(${text(number, tag)}, 'Germany')::${own}.place, NULL]`,
    masks: [place],
    distinct: [],
    tagged: true,
  },
  textual((own) => `${own}.mail`, { masks: ["email", { mask: "fixed", value: "a@example.com" }], distinct: ["email"] }),
  whole("", { sql: (own) => `${own}.positive`, distinct: [] }),
  never("", (number, _, own) => `(enum_range(NULL::${own}.mood))[1 + ${number} % 2]`, {
    sql: (own) => `${own}.mood`,
    masks: [{ mask: "fixed", value: "glad" }],
  }),
  never("", (number, _, own) => `(enum_range(NULL::${own}.mood))[1:${number} % 3]`, { sql: (own) => `${own}.mood[]` }),
  never("bytea", (number, tag) => `convert_to(${text(number, tag)}, 'UTF8')`, {
    key: true,
    masks: ["hash"],
    distinct: ["hash"],
    tagged: true,
  }),
  never("inet", (number, tag) => address(number, tag), { key: true, masks: ["ip"], distinct: ["ip"] }),
  never("cidr", (number, tag) => `(${address(number, tag)})::cidr`, { key: true, masks: ["ip"], distinct: ["ip"] }),
  never("xml", (number, tag) => `xmlelement(name p, ${text(number, tag)})`, {
    masks: [{ mask: "text" }],
    tagged: true,
  }),
  never("int4range", (number) => `int4range(${number}, ${number} + 5)`),
  never("numrange", (number) => `numrange(${number}, NULL)`),
  dates("daterange", "date"),
  dates("tstzrange", "timestamptz"),
  never("datemultirange", () => `datemultirange(daterange('2020-01-01', NULL))`),
];

export function isText(sql: string): boolean {
  return /^(text|character varying\(\d+\))$/.test(sql);
}

export function isWhole(sql: string): boolean {
  return /^(integer|bigint|smallint|numeric.*)$/.test(sql);
}

/** The network is the column's. */
function address(number: string, tag: string): string {
  return `('10.${tag.replaceAll(/\D/g, "")}.' || ${number} / 256 % 256 || '.' || ${number} % 256)::inet`;
}
