import { describe, expect, it } from "vitest";
import { describeUndecided } from "./describe.ts";
import type { Resolution } from "./resolution.ts";
import { resolveDatabase } from "./resolve-database.ts";
import { catalog, column, policy, table, unique } from "./testing.ts";

const id = column("id", "integer", { notNull: true });
const primary = unique(["id"], { primary: true });

/** What happens to each column of a table, by its name. */
function actions({ tables }: Resolution, name: string): Record<string, string> {
  const plan = tables.find((one) => one.table.id === name);
  return Object.fromEntries((plan?.columns ?? []).map((one) => [one.column.name, one.how]));
}

function messages({ refused }: Resolution): string[] {
  return refused.map(({ message }) => message);
}

describe("a database with its policy", () => {
  it("is decided when every table and column has a rule", () => {
    const people = table("public.people", [id, column("mail"), column("note")]);
    const resolution = resolveDatabase(
      policy({ "public.people": { columns: { id: "keep", mail: "email", note: null } } }),
      catalog(people),
    );
    expect(resolution).toMatchObject({ unknown: [], refused: [], notes: [] });
    expect(actions(resolution, "public.people")).toEqual({ id: "keep", mail: "email", note: "null" });
    expect(resolution.tables[0]).toMatchObject({ action: "copy", because: "sanitize.yml:1" });
    const [kept, , left] = resolution.tables[0]?.columns ?? [];
    expect([kept?.expression, left?.expression]).toEqual(['"id"', "NULL::text"]);
  });

  it("names every table and column that has none, all at once", () => {
    const resolution = resolveDatabase(policy({ "public.people": { columns: { id: "keep" } } }), {
      ...catalog(table("public.people", [id, column("fax")]), table("public.new", [id]), table("public.empty", [])),
      largeObjects: { count: 1, bytes: 10 },
    });
    expect(resolution.tables).toEqual([]);
    const { message, next } = describeUndecided([resolution]);
    expect(message).toBe(
      [
        "The policy says nothing of 4 things in production:",
        "  app: column public.people.fax",
        "  app: table public.new",
        "  app: table public.empty",
        "  app: large objects",
      ].join("\n"),
    );
    expect(next).toContain("pnpm sync:policy --accept");
  });

  it("knows no table or column by a name that every object has", () => {
    const resolution = resolveDatabase(
      policy({ "public.people": { columns: {} } }),
      catalog(table("public.people", [column("constructor"), column("__proto__"), column("toString")])),
    );
    expect(resolution.unknown).toHaveLength(3);
  });

  it("leaves out the rows of dropped tables, and of those that a pattern names", () => {
    const resolution = resolveDatabase(
      policy({ "public.log": "drop", "public.data_*": "drop", "public.data_kept": { columns: { id: "keep" } } }),
      catalog(table("public.log", [id]), table("public.data_x", [id]), table("public.data_kept", [id])),
    );
    expect(resolution.tables.map(({ action }) => action)).toEqual(["drop rows", "drop rows", "copy"]);
  });

  it("leaves extensions their tables, makes views anew, and copies no rows of other servers", () => {
    const resolution = resolveDatabase(
      undefined,
      catalog(
        table("public.spatial_ref_sys", [id], { extension: "postgis" }),
        table("public.remote", [id], { kind: "foreign" }),
        table("public.totals", [id], { kind: "materialized view" }),
      ),
    );
    expect(resolution).toMatchObject({ unknown: [], refused: [] });
    expect(resolution.notes).toEqual([expect.stringMatching(/spatial_ref_sys belongs to extension postgis/)]);
    expect(resolution.tables.map(({ action }) => action)).toEqual(["drop rows", "drop rows"]);
  });

  it("says which rules are for what is not there", () => {
    const { notes } = resolveDatabase(
      policy({ "public.people": { columns: { id: "keep", emial: "email" } }, "public.peple": "drop" }),
      catalog(table("public.people", [id])),
    );
    expect(notes).toEqual([
      "sanitize.yml:1: public.people has no column emial",
      "sanitize.yml:1: there is no table public.peple",
    ]);
  });

  it("refuses null where the column takes none", () => {
    const resolution = resolveDatabase(
      policy({ "public.people": { columns: { id: null } } }),
      catalog(table("public.people", [id])),
    );
    expect(messages(resolution)).toEqual(["public.people.id: is NOT NULL, and the policy says null (sanitize.yml:1)"]);
  });

  it("computes generated columns there, and refuses rules for them", () => {
    const people = table("public.people", [column("mail"), column("lower", "text", { generated: true })]);
    const rules = { mail: "email" };
    const decided = resolveDatabase(policy({ "public.people": { columns: rules } }), catalog(people));
    expect(actions(decided, "public.people").lower).toBe("computed from other columns");
    const refused = resolveDatabase(
      policy({ "public.people": { columns: { ...rules, lower: "email" } } }),
      catalog(people),
    );
    expect(messages(refused)).toEqual([expect.stringContaining("public.people.lower: is computed from other columns")]);
  });
});

describe("partitions and tables that inherit", () => {
  const root = table("public.orders", [column("mail")], { kind: "partitioned", uniques: [unique(["mail"])] });
  const part = table("public.orders_1", [column("mail")], { kind: "partition", parents: ["public.orders"] });

  it("follow the rule of what they belong to", () => {
    const resolution = resolveDatabase(
      policy({ "public.orders": { columns: { mail: "email" } } }),
      catalog(root, part),
    );
    expect(actions(resolution, "public.orders_1")).toEqual({ mail: "email, distinct" });
    expect(resolution.tables[1]?.because).toBe("partition of public.orders");
  });

  it("may have one of their own", () => {
    const resolution = resolveDatabase(
      policy({ "public.orders": { columns: { mail: "email" } }, "public.orders_1": "drop" }),
      catalog(root, part),
    );
    expect(resolution.tables.map(({ action }) => action)).toEqual(["copy", "drop rows"]);
  });

  it("need a rule for a column of their own, and where their parents disagree", () => {
    const other = table("public.other", [column("mail"), column("name")]);
    const child = table("public.child", [column("mail"), column("name"), column("own")], {
      parents: ["public.people", "public.other"],
    });
    const { unknown } = resolveDatabase(
      policy({
        "public.people": { columns: { mail: "email", name: "full-name" } },
        "public.other": { columns: { mail: "email", name: "keep" } },
      }),
      catalog(table("public.people", [column("mail"), column("name")]), other, child),
    );
    expect(unknown).toEqual(["name", "own"].map((name) => ({ what: "column", table: "public.child", column: name })));
  });
});

describe("columns that decide where a row belongs", () => {
  const root = table("public.orders", [column("region")], { kind: "partitioned", partitionKey: ["region"] });
  const part = table("public.orders_1", [column("region")], { kind: "partition", parents: ["public.orders"] });
  const said = (region: unknown) => ({ columns: { region } });

  it.each([["hash"], [null], [{ derive: "'x'" }]])("must be kept in a partition key: %j is refused", (rule) => {
    const resolution = resolveDatabase(policy({ "public.orders": said(rule) }), catalog(root, part));
    expect(messages(resolution)).toEqual([
      "public.orders.region: is in the partition key of public.orders, and another value would belong to another partition (sanitize.yml:1)",
    ]);
  });

  it("must be kept in partitions that have a rule of their own, too", () => {
    const rules = { "public.orders": said("keep"), "public.orders_1": said("hash") };
    expect(messages(resolveDatabase(policy(rules), catalog(root, part)))).toEqual([
      expect.stringMatching(/^public\.orders_1\.region: is in the partition key of public\.orders,/),
    ]);
  });

  it("must be kept where a sequence numbers them", () => {
    const numbered = table("public.people", [column("number", "integer", { numbered: true })]);
    expect(
      messages(resolveDatabase(policy({ "public.people": { columns: { number: "number" } } }), catalog(numbered))),
    ).toEqual([
      "public.people.number: gets its numbers from a sequence, which would not go on behind other ones (sanitize.yml:1)",
    ]);
  });
});

describe("columns under an exclusion constraint", () => {
  const columns = [column("room"), column("since", "date"), column("until", "date"), id];
  const refused = (rules: object, ...elements: [sql: string, operator: string][]) => {
    const exclusions = [{ name: "x", elements: elements.map(([sql, operator]) => ({ sql, operator })) }];
    const uniques = [unique(["room"], { name: "x", dependsOn: ["room", "since", "until"] })];
    const bookings = table("public.bookings", columns, { exclusions, uniques });
    const kept = { id: "keep", room: "keep", since: "keep", until: "keep" };
    return messages(
      resolveDatabase(policy({ "public.bookings": { columns: { ...kept, ...rules } } }), catalog(bookings)),
    );
  };
  const range = "daterange(since, COALESCE(until, 'infinity'::date), '[]'::text)";

  it("may be masked where equal stays equal, or where all dates move alike", () => {
    expect(refused({ room: "hash" }, ["room", "="], [range, "&&"])).toEqual([]);
    expect(refused({ room: null }, ["room", "<>"])).toEqual([]);
    expect(refused({ since: "date", until: "date" }, ["room", "="], [range, "&&"])).toEqual([]);
    expect(refused({ since: "date" }, ["since", "&&"])).toEqual([]);
  });

  it("are refused where masks do not keep what is compared", () => {
    expect(refused({ room: "hash" }, ["lower(room)", "="])).toEqual([
      "public.bookings: exclusion constraint x compares lower(room) by =, and masks do not keep that",
    ]);
    expect(refused({ room: "hash" }, ["room", "<>"])).toHaveLength(1);
    expect(refused({ since: "date" }, [range, "&&"])).toHaveLength(1);
    expect(refused({ since: "date", until: { mask: "date", days: 3 } }, [range, "&&"])).toHaveLength(1);
    expect(
      refused({ since: "date", until: "date" }, ["daterange(date_trunc('month', since), until)", "&&"]),
    ).toHaveLength(1);
  });
});

describe("columns under a unique index", () => {
  const formula = { sql: "lower(mail)", columns: ["mail"] };
  const lower = column("lower", "text", { generated: true, formula });
  const masksOf = (uniques: ReturnType<typeof unique>[], columns: Record<string, unknown>) =>
    actions(
      resolveDatabase(
        policy({ "public.people": { columns } }),
        catalog(table("public.people", [id, column("mail"), column("team"), lower], { uniques })),
      ),
      "public.people",
    );
  const rules = { id: "keep", mail: "email", team: "company" };

  it("get distinct masks", () => {
    expect(masksOf([primary, unique(["mail"])], rules)).toMatchObject({ mail: "email, distinct", team: "company" });
  });

  it("get distinct masks through an expression, a condition or a generated column", () => {
    const through = (over: object) => masksOf([unique([], over)], rules);
    expect(through({ dependsOn: ["mail"], expressions: true })).toMatchObject({
      mail: "email, distinct",
      team: "company",
    });
    expect(through({ dependsOn: ["lower"] })).toMatchObject({ mail: "email, distinct", team: "company" });
    expect(masksOf([unique(["mail"], { predicate: "(mail IS NOT NULL)" })], rules)).toMatchObject({
      mail: "email, distinct",
    });
  });

  it("get them in an index of several, unless a kept part is unique by itself", () => {
    expect(masksOf([unique(["mail", "team"])], rules)).toMatchObject({
      mail: "email, distinct",
      team: "company, distinct",
    });
    expect(masksOf([primary, unique(["id", "mail"])], rules)).toMatchObject({ mail: "email" });
    // NULLs are not unique.
    expect(masksOf([unique(["team"]), unique(["team", "mail"])], { ...rules, team: "keep" })).toMatchObject({
      mail: "email, distinct",
    });
  });

  it("are refused where the index asks for certain values of a masked one", () => {
    const uniques = [unique(["id"], { dependsOn: ["id", "team"], predicate: "(team = 'red'::text)" })];
    const people = table("public.people", [id, column("team")], { uniques });
    const resolution = resolveDatabase(
      policy({ "public.people": { columns: { id: "keep", team: "company" } } }),
      catalog(people),
    );
    expect(messages(resolution)).toEqual([
      expect.stringContaining("public.people.team: unique index id_key holds WHERE"),
    ]);
  });
});

describe("columns of a foreign key", () => {
  const people = table("public.people", [column("mail", "text", { notNull: true })], { uniques: [unique(["mail"])] });
  const orders = (over = {}) =>
    table("public.orders", [column("mail", "text", over)], {
      foreignKeys: [
        { name: "orders_mail_fkey", columns: ["mail"], references: "public.people", referencedColumns: ["mail"] },
      ],
    });
  const resolve = (here: unknown, there: unknown, over = {}) =>
    resolveDatabase(policy({ "public.orders": here, "public.people": there }), catalog(orders(over), people));
  const mail = (rule: unknown) => ({ columns: { mail: rule } });

  it("get the distinct values of the side that they refer to", () => {
    expect(actions(resolve(mail("email"), mail("email")), "public.orders")).toEqual({ mail: "email, distinct" });
  });

  it.each([["keep"], ["hash"], [{ mask: "fixed", value: "x" }]])(
    "must be treated like that side: %j is refused",
    (rule) => {
      expect(messages(resolve(mail(rule), mail("email")))).toContainEqual(
        expect.stringContaining(
          "foreign key orders_mail_fkey leads to public.people.mail, and the policy treats the two differently",
        ),
      );
    },
  );

  it("are refused where they are computed from masked ones", () => {
    const formula = { sql: "lower(raw)", columns: ["raw"] };
    const computed = [column("raw"), column("mail", "text", { generated: true, formula })];
    const resolution = resolveDatabase(
      policy({ "public.orders": { columns: { raw: "email" } }, "public.people": mail("email") }),
      catalog({ ...orders(), columns: computed }, people),
    );
    expect(messages(resolution)).toEqual([
      "public.orders.mail: is in foreign key orders_mail_fkey of public.orders and computed from raw, which is not kept",
    ]);
  });

  it("are NULL together or not at all where they must MATCH FULL", () => {
    const pair = [column("mail"), column("team")];
    const key = {
      name: "fk",
      columns: ["mail", "team"],
      references: "public.people",
      referencedColumns: ["mail", "team"],
    };
    const messagesOf = (rules: object, there: unknown, columns = pair) =>
      messages(
        resolveDatabase(
          policy({ "public.orders": { columns: rules }, "public.people": there }),
          catalog(
            table("public.orders", columns, { foreignKeys: [{ ...key, full: true }] }),
            table("public.people", pair, { uniques: [unique(["mail", "team"])] }),
          ),
        ),
      );
    const kept = { columns: { mail: "keep", team: "keep" } };
    expect(messagesOf({ mail: null, team: null }, kept)).toEqual([]);
    expect(messagesOf({ mail: null, team: "keep" }, kept)).toEqual([
      "public.orders.mail, team: foreign key fk is MATCH FULL, and the policy says null of a part of it",
    ]);
    expect(messagesOf({ mail: "keep", team: "keep" }, "drop")).toEqual([]);
    expect(
      messagesOf({ mail: "keep", team: "keep" }, "drop", [column("mail"), column("team", "text", { notNull: true })]),
    ).toEqual([expect.stringContaining("whose rows are not copied, and the column is NOT NULL")]);
  });

  it("may be NULL, but not what they refer to", () => {
    expect(resolve(mail(null), mail("email")).refused).toEqual([]);
    expect(messages(resolve(mail("email"), mail(null)))).toHaveLength(2);
  });

  it("become NULL when the rows there are left out, and are refused when they cannot", () => {
    const nulled = resolve(mail("keep"), "drop");
    expect(actions(nulled, "public.orders")).toEqual({ mail: "null" });
    expect(nulled.notes).toEqual(["public.orders.mail becomes NULL: public.people is copied without its rows"]);
    expect(messages(resolve(mail("keep"), "drop", { notNull: true }))).toEqual([
      expect.stringContaining("leads to public.people, whose rows are not copied, and the column is NOT NULL"),
    ]);
  });
});

describe("derived columns", () => {
  const trigger = { name: "t", function: "pg_catalog.tsvector_update_trigger", enabled: true };
  const search = column("search", "tsvector");
  const resolve = (rules: object, triggers: object[] = []) =>
    resolveDatabase(
      policy({ "public.people": { columns: rules } }),
      catalog(table("public.people", [column("name"), search], { triggers: triggers as never })),
    );

  it("are made like the trigger makes them, from masked values", () => {
    const sources = ["search", "pg_catalog.simple", "name"];
    const { tables } = resolve({ name: "full-name" }, [{ ...trigger, arguments: sources }]);
    const [name, derived] = tables[0]?.columns ?? [];
    expect(derived).toMatchObject({ action: "derive", personal: [] });
    expect(derived?.expression).toBe(
      `(SELECT pg_catalog.to_tsvector(('pg_catalog.simple')::regconfig, coalesce("name"::text, '')) FROM (SELECT ${name?.expression} AS "name") AS "people")::tsvector`,
    );
  });

  it("need a rule without such a trigger, or with one that is switched off", () => {
    const off = { ...trigger, enabled: false, arguments: ["search", "pg_catalog.simple", "name"] };
    expect(resolve({ name: "full-name" }).unknown).toHaveLength(1);
    expect(resolve({ name: "full-name" }, [off]).unknown).toHaveLength(1);
  });

  it.each([["to_tsvector(public.people.name)"], ['to_tsvector("public" . "people".name)'], ["search"]])(
    "cannot see the raw row: %s is refused",
    (sql) => {
      expect(messages(resolve({ name: "full-name", search: { derive: sql } }))).toHaveLength(1);
    },
  );
});
