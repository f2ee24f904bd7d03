import fc from "fast-check";
import { expect, it } from "vitest";
import { resolveDatabase } from "./resolve-database.ts";
import { catalog, column, policy, table, unique } from "./testing.ts";

const names = ["id", "mail", "name", "constructor", "data"];
const rules = fc.constantFrom<unknown>("keep", "email", "hash", { mask: "full-name", distinct: true });

const tables = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("a", "b", "c", "d"),
    columns: fc.uniqueArray(
      fc.record({ name: fc.constantFrom(...names), notNull: fc.boolean(), generated: fc.boolean() }),
      { selector: (one) => one.name },
    ),
    unique: fc.array(fc.subarray(names, { minLength: 1 }), { maxLength: 2 }),
    reference: fc.option(fc.constantFrom("a", "b", "c", "d"), { nil: undefined }),
    // Only of one before it, so that nothing is a part of itself.
    parent: fc.option(fc.nat(3), { nil: undefined }),
    kind: fc.constantFrom("table" as const, "partition" as const),
  }),
  { selector: (one) => one.name, maxLength: 4 },
);

const policies = fc.dictionary(
  fc.constantFrom("public.a", "public.b", "public.c", "public.d"),
  fc.oneof(
    fc.constant("drop"),
    fc.dictionary(fc.constantFrom(...names), rules).map((columns) => ({ columns })),
  ),
);

it("lets no column pass that nothing was said of, whatever the catalog and the policy", () => {
  fc.assert(
    fc.property(tables, policies, (described, said) => {
      const all = described.map((one, index) => {
        const own = one.columns.map(({ name }) => name);
        const parent = one.parent !== undefined && one.parent < index ? described[one.parent] : undefined;
        return table(
          `public.${one.name}`,
          one.columns.map(({ name, ...over }) => column(name, "text", over)),
          {
            kind: one.kind,
            parents: parent ? [`public.${parent.name}`] : [],
            uniques: one.unique.map((columns) => unique(columns.filter((name) => own.includes(name)))),
            foreignKeys: one.reference
              ? [{ name: "fk", columns: ["mail"], references: `public.${one.reference}`, referencedColumns: ["mail"] }]
              : [],
          },
        );
      });
      const rulesBy = policy(said);
      const { tables: plans, unknown } = resolveDatabase(rulesBy, catalog(...all));
      const ruleOf = (id: string, name: string): string | undefined => {
        const own = Object.hasOwn(rulesBy.tables, id) ? rulesBy.tables[id] : undefined;
        if (own && Object.hasOwn(own.columns, name)) return own.columns[name]?.kind;
        const [parent] = all.find((one) => one.id === id)?.parents ?? [];
        return parent && own?.rows !== "drop" ? ruleOf(parent, name) : undefined;
      };
      for (const one of all) {
        const plan = plans.find((each) => each.table.id === one.id);
        const named = unknown.filter((each) => each.what !== "large objects" && each.table === one.id);
        const undecided = one.columns.filter(({ name, generated }) => !generated && !ruleOf(one.id, name));
        if (plan?.action !== "copy") continue;
        expect(named).toEqual([]);
        expect(undecided).toEqual([]);
        expect(plan.columns.map((each) => each.column)).toEqual(one.columns);
        for (const { column: of, action, expression } of plan.columns) {
          if (of.generated) expect({ action, expression }).toEqual({ action: "generated", expression: "" });
          else if (ruleOf(one.id, of.name) === "mask" && action !== "null") expect(expression).not.toBe(`"${of.name}"`);
        }
      }
      const reported = new Set([
        ...plans.map((plan) => plan.table.id),
        ...unknown.flatMap((each) => (each.what === "large objects" ? [] : [each.table])),
      ]);
      const { refused } = resolveDatabase(rulesBy, catalog(...all));
      if (refused.length === 0) expect([...reported].sort()).toEqual(all.map(({ id }) => id).sort());
    }),
    { numRuns: 500 },
  );
});
