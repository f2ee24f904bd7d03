import { UserError } from "@understudy/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Migration } from "../file/migration.ts";
import { exampleContent, exampleMigration } from "../testing/example.ts";
import { stepLine } from "./describe.ts";
import { findPending } from "./pending.ts";
import { type Present, planSteps, type StepOptions } from "./plan-steps.ts";
import { preflight, type TargetFacts } from "./preflight.ts";

const file = (name: string, checksum = name) => ({ name, checksum });
const row = (name: string, checksum: string | null = name) => ({ name, checksum, workflowId: "w" });

describe("what is pending", () => {
  const files = [file("1_a.sql"), file("2_b.sql"), file("3_c.sql")];
  const names = (found: { files: readonly { name: string }[] }) => found.files.map(({ name }) => name);

  it("is what was not applied, in order", () => {
    const found = findPending(files, [row("1_a.sql")]);
    expect(names(found)).toEqual(["2_b.sql", "3_c.sql"]);
    expect(found.problems).toEqual([]);
    expect(names(findPending(files, [], { to: "2" }))).toEqual(["1_a.sql", "2_b.sql"]);
    expect(() => findPending(files, [], { to: "9" })).toThrow(UserError);
  });

  it("tells by name what was edited, is missing, or comes too late", () => {
    const found = findPending(files, [row("1_a.sql", "other"), row("3_c.sql"), row("4_d.sql", null)]);
    expect(found.problems.map(({ kind, migration }) => [kind, migration])).toEqual([
      ["edited", "1_a.sql"],
      ["missing", "4_d.sql"],
      ["out-of-order", "2_b.sql"],
    ]);
    expect(found.problems.every(({ next }) => next.length > 0)).toBe(true);
  });
});

describe("the step of a migration", () => {
  const options: StepOptions = { environment: "production", resolve: "stop", known: new Set() };
  const made = (over: Partial<Migration> = {}) =>
    exampleMigration({ workflowId: "w", hash: "new", basedOn: "old", environment: "staging", ...over });
  const here = (hash: string, live = false) => new Map<string, Present>([["w", { hash, live }]]);
  const actions = (...steps: Parameters<typeof planSteps>) =>
    planSteps(...steps).map(({ action, conflict, forced }) => [action, conflict, forced].filter(Boolean).join(" "));

  it.each<[string, Partial<Migration>, Map<string, Present>, Partial<StepOptions>, string]>([
    ["makes what is not there", {}, new Map(), {}, "create"],
    ["updates what it was made from", {}, here("old"), {}, "update"],
    ["updates what is live, which stays its operator's choice", {}, here("old", true), {}, "update"],
    ["does nothing where it is already", {}, here("new"), {}, "none"],
    ["stops where it was changed since", {}, here("edited"), {}, "conflict changed"],
    ["stops where another one is", { basedOn: undefined }, here("any"), {}, "conflict exists"],
    ["stops where it was deleted", {}, new Map(), { known: new Set(["w"]) }, "conflict deleted"],
    ["takes the migration's when told so", {}, here("edited"), { resolve: "theirs" }, "update changed true"],
    [
      "makes a deleted one anew when told so",
      {},
      new Map(),
      { known: new Set(["w"]), resolve: "theirs" },
      "create deleted true",
    ],
    ["keeps the target's when told so", {}, here("edited"), { resolve: "ours" }, "keep changed"],
    [
      "keeps what came from here and was changed since",
      { source: "prod", environment: "production" },
      here("edited"),
      {},
      "keep changed",
    ],
  ])("%s", (_, over, present, more, expected) => {
    expect(actions([made(over)], present, { ...options, ...more })).toEqual([expected]);
  });

  it("does not archive what runs, whoever says so", () => {
    const archived = made({ content: exampleContent({ isArchived: true }) });
    for (const resolve of ["stop", "theirs", "ours"] as const) {
      expect(actions([archived], here("old", true), { ...options, resolve })).toEqual(["conflict live"]);
    }
    expect(actions([archived], here("old"), options)).toEqual(["update"]);
  });

  it("follows a chain, and waits behind a conflict of the same workflow only", () => {
    const chain = [made({ hash: "1", basedOn: undefined }), made({ hash: "2", basedOn: "1" })];
    expect(actions(chain, new Map(), options)).toEqual(["create", "update"]);
    const other = made({ workflowId: "x", basedOn: undefined });
    expect(actions([...chain, other], here("mine"), options)).toEqual(["conflict exists", "wait", "create"]);
    expect(actions(chain, here("mine"), { ...options, resolve: "theirs" })).toEqual(["update exists true", "update"]);
  });

  it("never writes over what a migration was not made from, unless a person said so", () => {
    const hash = fc.constantFrom("a", "b", "c");
    const any = fc.record({
      workflowId: fc.constantFrom("w", "x"),
      hash,
      basedOn: fc.option(hash, { nil: undefined }),
      source: fc.constantFrom("dev", "prod"),
      environment: fc.constantFrom("staging", "production"),
    });
    fc.assert(
      fc.property(fc.array(any), fc.option(hash), fc.boolean(), (chain, own, ours) => {
        const state = own === null ? new Map<string, Present>() : here(own);
        const steps = planSteps(chain.map(made), state, { ...options, resolve: ours ? "ours" : "stop" });
        const now = new Map([...state].map(([id, { hash }]) => [id, hash]));
        for (const { action, migration } of steps) {
          if (action === "update") expect(now.get(migration.workflowId)).toBe(migration.basedOn);
          if (action === "create") expect(now.has(migration.workflowId)).toBe(false);
          if (action === "update" || action === "create") now.set(migration.workflowId, migration.hash);
        }
      }),
    );
  });

  it("is told in a line", () => {
    const lines = planSteps([made()], here("edited"), options).map(stepLine);
    expect(lines).toEqual([
      '20261122120000_orders.sql: "Orders": conflict (was changed here since the migration was made)',
    ]);
  });
});

describe("the preflight", () => {
  const node = (name: string, type: string, parameters = {}) => ({ name, type, typeVersion: 1, parameters });
  const facts: TargetFacts = {
    credentials: new Map([
      ['["postgres","DB"]', ["1"]],
      ['["smtp","Mail"]', ["2", "3"]],
    ]),
    workflows: new Set(["there"]),
    webhooks: new Map([["POST /webhook/orders", "other"]]),
    packages: new Set(["n8n-nodes-there"]),
    version: "2.40.0",
  };
  const lacks = (live: boolean, ...made: Migration[]) =>
    preflight(made, facts, () => live).map(({ kind, message }) => `${kind}: ${message}`);

  it("passes what has everything", () => {
    const content = exampleContent({
      nodes: [
        { ...node("A", "n8n-nodes-base.postgres"), credentials: { postgres: { name: "DB" } } },
        node("B", "n8n-nodes-base.executeWorkflow", { workflowId: "there" }),
        node("C", "n8n-nodes-there.thing"),
        node("D", "n8n-nodes-base.webhook", { path: "orders", httpMethod: "GET" }),
      ],
    });
    expect(lacks(true, exampleMigration({ content }))).toEqual([]);
  });

  it("names everything that is missing at once", () => {
    const content = exampleContent({
      nodes: [
        {
          ...node("A", "n8n-nodes-base.postgres"),
          credentials: { postgres: { name: "Gone" }, smtp: { name: "Mail" } },
        },
        node("B", "n8n-nodes-base.executeWorkflow", { workflowId: "away" }),
        node("C", "n8n-nodes-gone.thing"),
        node("D", "n8n-nodes-base.webhook", { path: "orders", httpMethod: "POST" }),
      ],
    });
    const made = exampleMigration({ content, n8nVersion: "1.9.0" });
    expect(lacks(true, made)).toEqual([
      "version: 20261122120000_orders.sql was made by n8n 1.9.0, here is 2.40.0",
      'credential: "Orders" needs the credential "Gone" (postgres), which is not here',
      'ambiguous: "Orders" needs the credential "Mail" (smtp), and 2 are called so here',
      'workflow: "Orders" calls workflow away, which is not here',
      'node-type: "Orders" has nodes of n8n-nodes-gone, which is not installed here',
      'webhook: "Orders" answers at POST /webhook/orders, as workflow other does, and only one of them can',
    ]);
    expect(lacks(false, made).some((line) => line.startsWith("webhook"))).toBe(false);
  });

  it("takes workflows that come along for there, and finds two that want one address", () => {
    const caller = exampleContent({ nodes: [node("B", "n8n-nodes-base.executeWorkflow", { workflowId: "b" })] });
    const hook = exampleContent({ nodes: [node("D", "n8n-nodes-base.webhook", { path: "new" })] });
    expect(
      lacks(
        true,
        exampleMigration({ workflowId: "a", content: caller }),
        exampleMigration({ workflowId: "b", content: hook }),
        exampleMigration({ workflowId: "c", content: hook }),
      ),
    ).toEqual(['webhook: "Orders" answers at GET /webhook/new, as workflow b does, and only one of them can']);
  });
});
