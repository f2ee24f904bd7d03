import { expect, test } from "vitest";
import { examine } from "./examine.ts";
import { fakeMachine } from "./fake-machine.ts";
import { report } from "./report.ts";

test("a whole machine: a table, no advice, a closing line", async () => {
  const text = report(await examine(fakeMachine()), "/home/ann");
  expect(text).toContain("~/.cache/understudy/pulumi-3.250.0/bin/pulumi");
  expect(text).not.toContain("What to do");
  expect(text.split("\n").at(-1)).toBe("Everything that is required is there.");
});

test("what is missing is marked, and the advice has what is needed and the command", async () => {
  const text = report(
    await examine(fakeMachine({ commands: { "git --version": "", "git -C /code log -1 --format=%ct": "" } })),
    "",
  );
  expect(text).toMatch(/MISSING │ git/);
  expect(text).toContain("  git (needed: any)\n    sudo apt-get install git");
  expect(text.split("\n").at(-1)).toBe("Required and missing: git.");
});
