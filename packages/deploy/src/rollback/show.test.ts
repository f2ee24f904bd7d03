import { expect, it } from "vitest";
import { showPoints, showRollback } from "./show.ts";

const point = {
  tag: "rollback-20261121-120000",
  time: "2026-11-21T12:00:00.000Z",
  commit: "c".repeat(40),
  backup: "backup-1",
  verified: true,
  size: 2_000_000,
  differs: ["commit", "n8n: n8n:1, not n8n:2"],
};

it("shows of each point what going back would change, or why it cannot be gone back to", () => {
  const shown = showPoints([
    point,
    { ...point, differs: [] },
    {
      ...point,
      time: null,
      backup: null,
      verified: false,
      size: null,
      problem: "its tag was moved",
      next: "Put it back",
    },
  ]);
  expect(shown).toMatch(/2026-11-21 12:00 UTC │ cccccccccccc │ verified +│ 2\.0 MB │ commit; n8n: n8n:1, not n8n:2/);
  expect(shown).toContain("it is what runs");
  expect(shown).toMatch(/unknown +│ cccccccccccc │ none +│ +│ its tag was moved\. Put it back/);
  expect(showPoints([])).toBe("There are no rollback points yet: a promotion makes one.\n");
});

const report = {
  environment: "production",
  tag: point.tag,
  release: "r-0123456789ab",
  withData: true,
  result: "rolled back" as const,
  differs: ["commit"],
  lost: [],
  workflows: [],
  present: "rollback-20261121-130000",
  held: [{ service: "n8n", manner: "hold", held: 5_000, served: 21_300, leftOver: 0 } as const],
  seconds: 50.8,
};

it("tells how a rollback is taken back", () => {
  expect(showRollback(report)).toBe(
    "production is back at rollback-20261121-120000: release r-0123456789ab and its data, after 51 s.\n" +
      "  n8n: requests waited for 5000 ms\n" +
      "Requests were answered by it after 21 s.\n" +
      "What ran before is rollback-20261121-130000: pnpm rollback --tag rollback-20261121-130000 --with-data\n",
  );
  expect(showRollback({ ...report, present: null })).not.toContain("What ran before");
  expect(showRollback({ ...report, result: "planned", present: null })).toBe(
    "production would go back to rollback-20261121-120000: release r-0123456789ab and its data\n  commit\nNothing was changed.\n",
  );
});
