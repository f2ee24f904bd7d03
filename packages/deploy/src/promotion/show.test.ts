import { expect, it } from "vitest";
import type { PromoteReport } from "./promote.ts";
import { showPromotion } from "./show.ts";

const closed = { name: "copy-age", passed: false, seen: "copy 1 is 30 h old", next: "pnpm sync:production" } as const;
const open = { name: "work-tree", passed: true, seen: "clean" } as const;
const report: PromoteReport = {
  environment: "production",
  release: "r-0123456789ab",
  result: "promoted",
  gates: [open],
  plan: [],
  expected: [],
  held: [],
  tag: null,
  backup: null,
  seconds: 68.5,
};

it("shows every gate, and what to do about one that is closed", () => {
  const checked = showPromotion({ ...report, result: "checked", gates: [open, closed] });
  expect(checked).toMatch(/✔ │ work-tree │ clean/);
  expect(checked).toMatch(/✖ │ copy-age +│ copy 1 is 30 h old\. pnpm sync:production/);
  expect(checked).toContain("1 gates are closed.");
  expect(showPromotion({ ...report, result: "checked" })).toContain(
    "Release r-0123456789ab can be promoted: pnpm promote\n",
  );
});

it("shows what requests went through, and the way back", () => {
  const held = [
    { service: "n8n", manner: "hold", held: 3341, served: 50_000, leftOver: 0 },
    { service: "letta", manner: "overlap", held: 0, served: 40_000, leftOver: 0 },
  ] as const;
  const shown = showPromotion({ ...report, held, tag: "rollback-20261121-120000", backup: "backup-1" });
  expect(shown).toContain("production runs release r-0123456789ab, after 1 min 9 s:\n  nothing to change\n");
  expect(shown).toContain("  n8n: requests waited for 3341 ms\n  letta: another one served meanwhile\n");
  expect(shown).toContain("Back again: pnpm rollback --tag rollback-20261121-120000\n");
  expect(showPromotion(report)).not.toContain("Back again");
});

it("shows how long requests will wait", () => {
  const expected = [{ service: "n8n", manner: "hold", seconds: 11.4 }] as const;
  const shown = showPromotion({ ...report, result: "planned", expected, gates: [closed] });
  expect(shown).toContain("  n8n: requests wait for about 12 s\nNothing was changed; 1 gates are closed.\n");
});
