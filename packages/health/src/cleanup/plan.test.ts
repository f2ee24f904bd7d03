import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HostImage, HostInventory } from "./host.ts";
import { type Inventory, planCleanup } from "./plan.ts";
import type { ReleaseInventory } from "./releases.ts";

const now = Date.UTC(2026, 10, 21);
const day = 86_400_000;

type Stack = ReleaseInventory & HostInventory;

/** Releases r-…01 to r-…05 of staging, the last one deployed, each with an image of its own. */
function inventory(change: (stack: Stack) => Partial<Stack> = () => ({})): Inventory {
  const numbers = [1, 2, 3, 4, 5];
  const stack: Stack = {
    releases: numbers.map((n) => ({ id: release(n), bytes: 4_096, images: [{ id: imageId(n), reference: tag(n) }] })),
    history: new Map([["staging", numbers.map(release).reverse()]]),
    needed: new Map([[release(5), "deployed"]]),
    here: new Set(["staging", "production"]),
    images: numbers.map((n) => image(n)),
    containers: [{ name: "acme-staging-n8n", image: imageId(5) }],
    foreign: [],
    abandoned: [],
  };
  const retention = { logsDays: 30, releases: 2 };
  return { environment: "staging", now, retention, logs: [], stack: { ...stack, ...change(stack) } };
}

const release = (n: number) => `r-00000000000${n}`;
const imageId = (n: number) => `sha256:${"0".repeat(63)}${n}`;
const tag = (n: number) => `example/n8n:${n}`;

function image(n: number, changes: Partial<HostImage> = {}): HostImage {
  const created = now - (10 - n) * day;
  return { id: imageId(n), tags: [tag(n)], bytes: n * 1_000, created, recipe: false, title: undefined, ...changes };
}

function names(plan: ReturnType<typeof planCleanup>): string[] {
  return plan.removals.map(({ name }) => name);
}

describe("logs", () => {
  it("go when they are older than the retention, and only then", () => {
    const log = (path: string, days: number) => ({ path, bytes: 10, modified: now - days * day });
    const plan = planCleanup({
      ...inventory(),
      logs: [log("logs/a", 29.9), log("logs/b", 30.1)],
      retention: { logsDays: 30, releases: 9 },
    });
    expect(names(plan)).toEqual(["logs/b"]);
  });

  it("go also when nothing is known of the stack", () => {
    const logs = [{ path: "logs/b", bytes: 10, modified: 0 }];
    expect(names(planCleanup({ ...inventory(), logs, stack: { problem: "no engine" } }))).toEqual(["logs/b"]);
  });
});

describe("releases", () => {
  it("go beyond the newest ones, their images first", () => {
    expect(names(planCleanup(inventory()))).toEqual([tag(1), tag(2), tag(3), release(1), release(2), release(3)]);
  });

  it("stay where another environment deployed them among its newest", () => {
    const plan = planCleanup(
      inventory(({ history }) => ({ history: new Map([...history, ["production", [release(1)]]]) })),
    );
    expect(names(plan)).toEqual([tag(2), tag(3), release(2), release(3)]);
  });

  it("that only another environment ever had are not looked at", () => {
    const history = new Map([["production", [5, 4, 3, 2, 1].map(release)]]);
    expect(planCleanup(inventory(() => ({ history })))).toEqual({ removals: [], kept: [] });
  });

  it("stay with a reason when something needs them", () => {
    const needed = new Map([[release(2), "rollback point rollback-20261001-120000 needs it"]]);
    const plan = planCleanup(inventory(() => ({ needed })));
    expect(names(plan)).toEqual([tag(1), tag(3), release(1), release(3)]);
    expect(plan.kept).toEqual([{ kind: "release", name: release(2), because: needed.get(release(2)) }]);
  });

  it("keep their record while an image of theirs stays, or may be on another host", () => {
    const used = planCleanup(inventory(() => ({ containers: [{ name: "somebody", image: imageId(1) }] })));
    expect(names(used)).toEqual([tag(2), tag(3), release(2), release(3)]);
    expect(used.kept.map(({ because }) => because)).toEqual([
      "container somebody uses it",
      `its image ${tag(1)} stays`,
    ]);
    const far = planCleanup(
      inventory(({ history }) => ({
        history: new Map([...history, ["production", [5, 4, 1].map(release)]]),
        here: new Set(["staging"]),
      })),
    );
    expect(names(far)).toEqual([tag(1), tag(2), tag(3), release(2), release(3)]);
  });
});

describe("images", () => {
  it("stay when a kept release names them too", () => {
    const plan = planCleanup(
      inventory(({ releases: [, ...rest] }) => ({
        releases: [{ id: release(1), bytes: 1, images: [{ id: imageId(5), reference: tag(5) }] }, ...rest],
      })),
    );
    expect(names(plan)).not.toContain(tag(5));
    expect(names(plan)).toContain(release(1));
  });

  it("stay when somebody gave them another name", () => {
    const plan = planCleanup(inventory(() => ({ images: [image(1, { tags: [tag(1), "theirs:1"] }), image(2)] })));
    expect(names(plan)).toEqual([tag(2), release(2), release(3)]);
    expect(plan.kept[0]?.because).toMatch(/also called theirs:1/);
  });

  it("stay when another installation on the host runs the same kind", () => {
    const plan = planCleanup(
      inventory(() => ({ foreign: [{ stack: "other-production", families: ["example/n8n"] }] })),
    );
    expect(names(plan)).toEqual([]);
    expect(plan.kept[0]?.because).toMatch(/^other-production, of another installation/);
  });

  it("of our own recipes stay while they are the newest of their name", () => {
    const ours = [image(1, { recipe: true }), image(2, { recipe: true })];
    const plan = planCleanup(inventory(() => ({ images: ours })));
    expect(names(plan)).toEqual([tag(1), release(1), release(2), release(3)]);
    expect(plan.kept).toEqual([{ kind: "image", name: tag(2), because: "it is the newest build of its kind" }]);
  });

  it("of our own recipes that lost their name go after an hour, and others' never", () => {
    const nameless = (n: number, changes: Partial<HostImage>) => image(n, { tags: [], ...changes });
    const images = [
      nameless(6, { recipe: true }),
      nameless(7, { recipe: true, created: now - 60_000 }),
      nameless(8, { recipe: false }),
      nameless(9, { recipe: true, title: "n8n" }),
    ];
    const foreign = [{ stack: "other-staging", families: ["n8n"] }];
    const plan = planCleanup({ ...inventory(() => ({ releases: [], images, foreign })) });
    expect(plan.removals.map(({ images: [id] = [] }) => id)).toEqual([imageId(6)]);
    expect(plan.kept.map(({ because }) => because)).toEqual(["just built", expect.stringMatching(/^other-staging/)]);
  });
});

it("whatever the inventory: nothing that is needed, used or kept goes", () => {
  const numbers = fc.subarray([1, 2, 3, 4, 5]);
  fc.assert(
    fc.property(numbers, numbers, numbers, numbers, fc.nat(4), (needed, used, production, staging, keep) => {
      const given = inventory(() => ({
        needed: new Map(needed.map((n) => [release(n), "needed"])),
        containers: used.map((n) => ({ name: `c${n}`, image: imageId(n) })),
        history: new Map([
          ["staging", staging.map(release)],
          ["production", production.map(release)],
        ]),
      }));
      const gone = names(planCleanup({ ...given, retention: { logsDays: 30, releases: keep + 1 } }));
      const safe = [...needed, ...production.slice(0, keep + 1), ...staging.slice(0, keep + 1)];
      for (const n of safe) expect(gone).not.toContain(release(n));
      for (const n of [...safe, ...used]) expect(gone).not.toContain(tag(n));
      for (const n of [1, 2, 3, 4, 5]) if (!staging.includes(n)) expect(gone).not.toContain(tag(n));
    }),
  );
});
