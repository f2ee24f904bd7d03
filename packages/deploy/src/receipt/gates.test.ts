import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GateFacts } from "./facts.ts";
import { ReceiptFlaw } from "./flaw.ts";
import { type GateName, gates } from "./gates.ts";
import type { Rehearsal } from "./receipt.ts";
import { aCommit, aReceipt, aRelease, aSha } from "./testing.ts";

const hour = 3_600_000;
const receipt = aReceipt();
const { n8n, edge } = receipt.images;
const otherSha = "b".repeat(64);

/** Everything as it should be. */
const good: GateFacts = {
  now: Date.parse("2026-11-21T13:00:00.000Z"),
  limits: { receipt: 24 * hour, copy: 24 * hour },
  git: { head: aCommit, changed: [], untracked: ["notes.txt", "docs/images/plan.svg"] },
  staging: {
    environment: "staging",
    release: {
      id: aRelease,
      commit: aCommit,
      files: {},
      images: {
        n8n: { ...n8n, digest: n8n?.digest ?? undefined, healthcheck: undefined } as never,
        edge: { ...edge, digest: undefined, healthcheck: undefined } as never,
      },
    },
    deployed: aSha,
    running: aSha,
    images: { n8n: "sha256:11", edge: "sha256:22" },
    shared: receipt.shared,
    copy: "c-1",
  },
  receipt,
  workflowTests: ["intake"],
  production: {
    environment: "production",
    stands: true,
    release: { id: "r-aaaaaaaaaaaa", commit: "d".repeat(40) },
    commitExists: true,
    lockedBy: undefined,
  },
  remote: { name: "origin" },
  wait: false,
  past: [{ what: "production's record", at: "2026-11-20T00:00:00.000Z" }],
};

const staging = (changes: Partial<GateFacts["staging"]>) => ({ staging: { ...good.staging, ...changes } });
const production = (changes: Partial<GateFacts["production"]>) => ({ production: { ...good.production, ...changes } });
const release = (changes: object) =>
  staging({ release: { ...(good.staging.release as never as object), ...changes } as never });
const image = (changes: object) =>
  release({ images: { ...good.staging.release?.images, n8n: { ...good.staging.release?.images.n8n, ...changes } } });
const results = (passed: string[], failed: string[]) => ({ at: "2026-11-21T12:00:00.000Z", passed, failed });
const flaw = (kind: ReceiptFlaw["kind"]) => ({ receipt: new ReceiptFlaw(kind, `it is ${kind}`) });

const rehearsed = (changes: Partial<Rehearsal>) => ({
  receipt: aReceipt({ rehearsal: { migrations: [], unknown: [], healthySeconds: 12.5, ...changes } }),
});

/** Facts that fail one gate each, and what a person is told. */
const failing: [gate: GateName, changes: Partial<GateFacts>, seen: RegExp, next: RegExp][] = [
  ["work-tree", { git: undefined }, /no git clone/, /git init/],
  ["work-tree", { git: { head: undefined, changed: [], untracked: [] } }, /no commit yet/, /Commit/],
  [
    "work-tree",
    { git: { head: aCommit, changed: ["a", "b", "c", "d", "e"], untracked: [] } },
    /^5 files .*: a, b, c and 2 more$/,
    /Commit/,
  ],
  ["work-tree", { git: { head: aCommit, changed: [], untracked: ["compose/x.cfg"] } }, /compose\/x\.cfg/, /Commit/],
  ["work-tree", release({ commit: `${aCommit}-dirty` }), /not committed/, /--refresh/],
  ["receipt-present", { receipt: undefined }, /nothing is recorded of staging/, /deploy:staging/],
  ["receipt-present", flaw("missing"), /it is missing/, /promote --check/],
  ["receipt-present", flaw("unreadable"), /it is unreadable/, /promote --check/],
  ["receipt-present", flaw("another version"), /it is another version/, /promote --check/],
  ["receipt-signature", flaw("unsigned"), /it is unsigned/, /promote --check/],
  ["receipt-signature", flaw("altered"), /it is altered/, /promote --check/],
  ["receipt-signature", flaw("another key"), /it is another key/, /promote --check/],
  ["receipt-fresh", { limits: { receipt: hour / 2, copy: 24 * hour } }, /^1 h old, at most 0\.5 h$/, /promote --check/],
  [
    "receipt-fresh",
    { receipt: aReceipt({ health: { ...receipt.health, at: "2026-11-20T12:59:00.000Z" } }) },
    /^24 h old/,
    /promote --check/,
  ],
  [
    "receipt-matches-staging",
    staging({ environment: "staging2" }),
    /made on staging, this is staging2/,
    /promote --check/,
  ],
  [
    "receipt-matches-staging",
    release({ id: "r-bbbbbbbbbbbb" }),
    /runs r-bbbbbbbbbbbb .* for r-0123456789ab/,
    /promote --check/,
  ],
  [
    "receipt-matches-staging",
    release({ commit: "e".repeat(40) }),
    /runs r-0123456789ab \(eeee.* \(cccc/,
    /promote --check/,
  ],
  ["receipt-matches-staging", staging({ running: otherSha }), /changed by hand/, /deploy:staging/],
  [
    "receipt-matches-staging",
    staging({ running: otherSha, deployed: otherSha }),
    /since the receipt was made/,
    /promote --check/,
  ],
  [
    "receipt-matches-staging",
    staging({ copy: "c-2" }),
    /holds copy c-2, the checks ran on copy c-1/,
    /promote --check/,
  ],
  [
    "receipt-matches-staging",
    staging({ shared: { settings: otherSha } }),
    /has other settings than were proven/,
    /deploy:staging/,
  ],
  [
    "receipt-matches-staging",
    staging({ shared: { ...receipt.shared, "image recipes": aSha } }),
    /other image recipes/,
    /deploy:staging/,
  ],
  [
    "images-match",
    image({ digest: "n8nio/n8n@sha256:9" }),
    /n8n: the record has digest n8nio\/n8n@sha256:9, proven was n8nio\/n8n@sha256:1/,
    /deploy:staging/,
  ],
  ["images-match", image({ id: "sha256:99" }), /n8n: the record has id sha256:99/, /deploy:staging/],
  ["images-match", image({ reference: "n8nio/n8n:latest" }), /the record has reference/, /deploy:staging/],
  ["images-match", image({ identity: "recipe:9" }), /the record has identity/, /deploy:staging/],
  [
    "images-match",
    staging({ images: { n8n: "sha256:11", edge: "sha256:33" } }),
    /edge: runs sha256:33, proven was sha256:22/,
    /deploy:staging/,
  ],
  ["images-match", staging({ images: { n8n: "sha256:11" } }), /edge: runs nothing/, /deploy:staging/],
  [
    "images-match",
    staging({ images: { ...good.staging.images, miner: "sha256:66" } }),
    /miner: was not proven/,
    /deploy:staging/,
  ],
  ["images-match", release({ images: {} }), /n8n: is not in staging's record/, /deploy:staging/],
  ["health", { receipt: aReceipt({ health: results(["a"], ["b"]) }) }, /^1 of 2 checks failed: b$/, /health:check/],
  ["health", { receipt: aReceipt({ health: results([], []) }) }, /no checks ran/, /promote --check/],
  [
    "workflows",
    { receipt: aReceipt({ workflows: results(["x"], ["intake"]) }) },
    /^1 of 2 workflow tests failed: intake$/,
    /test:workflows/,
  ],
  ["workflows", { workflowTests: ["intake", "outflow"] }, /^1 tests did not run: outflow$/, /promote --check/],
  ["workflows", { receipt: aReceipt({ workflows: null }) }, /1 tests did not run: intake/, /promote --check/],
  [
    "workflows",
    { workflowTests: [], receipt: aReceipt({ workflows: results([], []) }) },
    /no workflow tests ran/,
    /promote --check/,
  ],
  [
    "copy-age",
    { receipt: aReceipt({ copy: null }), ...staging({ copy: undefined }) },
    /not run on a copy/,
    /sync:production/,
  ],
  [
    "copy-age",
    { limits: { receipt: 24 * hour, copy: 6 * hour } },
    /^copy c-1 is 7 h old, at most 6 h$/,
    /--allow-stale 7h/,
  ],
  [
    "rehearsal",
    rehearsed({ unknown: [{ database: "n8n", name: "B2" }] }),
    /production's data has 1 migrations that the copy lacks: n8n B2/,
    /sync:production, then pnpm promote --check/,
  ],
  ["rollback-base", production({ release: undefined }), /nothing is recorded of/, /adopt/],
  ["rollback-base", production({ release: { id: "r-1", commit: undefined } }), /outside git/, /adopt/],
  ["rollback-base", production({ commitExists: false }), /git has no commit dddd/, /git fetch/],
  ["production-free", production({ lockedBy: "eve@laptop, deploy:production" }), /locked by eve@laptop/, /--wait/],
  [
    "clock",
    { past: [{ what: "the newest point", at: "2026-11-21T13:02:00.000Z" }] },
    /the newest point is of 2026-11-21T13:02/,
    /clock/,
  ],
  ["clock", { receipt: aReceipt({ at: "2027-01-01T00:00:00.000Z" }) }, /the receipt is of 2027/, /clock/],
  [
    "clock",
    { receipt: aReceipt({ copy: { id: "c-1", at: "2027-01-01T00:00:00.000Z" } }) },
    /the copy is of 2027/,
    /clock/,
  ],
  [
    "clock",
    { receipt: aReceipt({ health: { ...receipt.health, at: "2027-01-01T00:00:00.000Z" } }) },
    /the health check is of 2027/,
    /clock/,
  ],
  [
    "clock",
    { receipt: aReceipt({ workflows: { at: "2027-01-01T00:00:00.000Z", passed: ["intake"], failed: [] } }) },
    /the run of the workflow tests is of 2027/,
    /clock/,
  ],
];

/** Facts that are unusual, and stop nothing. */
const harmless: [gate: GateName, changes: Partial<GateFacts>, seen: RegExp][] = [
  ["work-tree", { git: { head: "f".repeat(40), changed: [], untracked: [] } }, /the working tree is at ffffffffffff/],
  ["workflows", { workflowTests: [], receipt: aReceipt({ workflows: null }) }, /has no workflow tests/],
  [
    "copy-age",
    {
      receipt: aReceipt({ copy: null }),
      ...staging({ copy: undefined }),
      ...production({ stands: false, release: undefined }),
    },
    /no production yet/,
  ],
  ["copy-age", { limits: { receipt: 24 * hour, copy: 7 * hour } }, /7 h old/],
  ["rehearsal", {}, /1 migrations ran on the copy: n8n AddIndex1, healthy after 12.5 s/],
  ["rehearsal", rehearsed({ migrations: [], healthySeconds: null }), /^no migration is to run$/],
  ["rehearsal", { receipt: aReceipt({ rehearsal: null }) }, /no copy to rehearse on/],
  ["rollback-base", production({ stands: false, release: undefined }), /runs nothing yet/],
  ["rollback-base", { remote: undefined }, /kept here only, as git has no remote/],
  ["rollback-base", { remote: { name: "origin", unreachable: "timed out" } }, /origin does not answer \(timed out\)/],
  ["production-free", { ...production({ lockedBy: "eve@laptop" }), wait: true }, /waits for eve@laptop/],
  ["clock", { past: [{ what: "the newest point", at: "2026-11-21T13:00:30.000Z" }] }, /it is/],
];

describe("gates", () => {
  it("all pass when everything is as it should be", () => {
    expect(gates(good).filter(({ passed }) => !passed)).toEqual([]);
    expect(gates(good).filter(({ next }) => next)).toEqual([]);
  });

  it.each(failing.map(([gate, changes, seen, next]) => [gate, seen, changes, next] as const))(
    "%s refuses: %s",
    (gate, seen, changes, next) => {
      const judged = gates({ ...good, ...changes });
      const found = judged.find(({ name }) => name === gate);
      expect(found).toMatchObject({
        passed: false,
        seen: expect.stringMatching(seen),
        next: expect.stringMatching(next),
      });
    },
  );

  it.each(harmless.map(([gate, changes, seen]) => [gate, seen, changes] as const))(
    "%s passes: %s",
    (gate, seen, changes) => {
      const judged = gates({ ...good, ...changes });
      expect(judged.filter(({ passed }) => !passed)).toEqual([]);
      expect(judged.find(({ name }) => name === gate)?.seen).toMatch(seen);
    },
  );

  it("name every gate in a failing case", () => {
    expect(new Set(failing.map(([gate]) => gate))).toEqual(new Set(gates(good).map(({ name }) => name)));
  });

  it("never all pass when facts fail, however many and in whatever order they came", () => {
    const faults = fc.shuffledSubarray(failing, { minLength: 1 });
    fc.assert(
      fc.property(faults, (bad) => {
        const facts = Object.assign({}, good, ...bad.map(([, changes]) => changes)) as GateFacts;
        // Two that are harmless together: there are no workflow tests, and none ran.
        const noneRan = facts.receipt && "workflows" in facts.receipt && facts.receipt.workflows === null;
        fc.pre(facts.workflowTests.length > 0 || !noneRan);
        expect(gates(facts).every(({ passed }) => passed)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
});
