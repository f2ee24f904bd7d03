import { describe, expect, it } from "vitest";
import { contentHash } from "../content/hash.ts";
import { exampleContent, exampleMigration } from "../testing/example.ts";
import { planRollback } from "./plan-rollback.ts";

const state = (name: string) => {
  const content = exampleContent({ name });
  return { content, hash: contentHash(content) };
};
const names = { timestamp: "20261122130000", taken: new Set<string>() };

describe("taking migrations back", () => {
  const [one, two, three] = [state("One"), state("Two"), state("Three")];
  const second = exampleMigration({ name: "2.sql", content: two.content, basedOn: one.hash, publish: true });
  const third = exampleMigration({ name: "3.sql", content: three.content, basedOn: two.hash });

  it("is a new migration to what was before, based on what is there", () => {
    const { migrations } = planRollback([{ migration: third, before: two }], names);
    expect(migrations).toMatchObject([
      {
        name: "20261122130000_rollback_two.sql",
        basedOn: three.hash,
        hash: two.hash,
        content: two.content,
        publish: false,
        notes: "Takes back 3.sql",
      },
    ]);
  });

  it("goes back to before the first of several of one workflow", () => {
    const taken = [
      { migration: second, before: one },
      { migration: third, before: two },
    ];
    const { migrations } = planRollback(taken, names);
    expect(migrations).toMatchObject([{ basedOn: three.hash, hash: one.hash, notes: "Takes back 2.sql, 3.sql" }]);
  });

  it("deletes nothing: a workflow that came with it stays, and is named", () => {
    const plan = planRollback([{ migration: second, before: undefined }], names);
    expect(plan).toEqual({ migrations: [], stay: [second] });
  });

  it("makes none where it is as it was already", () => {
    const taken = [
      { migration: third, before: two },
      { migration: exampleMigration({ name: "4.sql", content: two.content, basedOn: three.hash }), before: three },
    ];
    expect(planRollback(taken, names)).toEqual({ migrations: [], stay: [] });
  });
});
