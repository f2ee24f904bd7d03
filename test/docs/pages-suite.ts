import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { TestInstallation } from "../../packages/deploy/test/support/installation.ts";
import { launcherShim } from "./launcher-shim.ts";
import { blocksOf, checkout } from "./page.ts";
import { runBlock } from "./run-block.ts";

/** Pages whose commands are run here, in this order. */
const pages = [
  "README.md",
  "docs/quick-start.md",
  "docs/configuration.md",
  "docs/troubleshooting.md",
  "docs/health.md",
  "docs/alerts.md",
  "docs/workflow-tests.md",
  "docs/workflows.md",
  "docs/workflows-ci.md",
  "docs/maintenance.md",
  "docs/team.md",
  "docs/cli-json.md",
];

/**
 * Runs what the pages tell people to run, in order, on a staging that the first of these commands has deployed. It may
 * stop the stack and start it again; in the end it runs.
 * @param offset the staging's `portOffset`
 */
export function pagesSuite(installation: () => TestInstallation, offset: number): void {
  describe("the commands of the pages, in order", () => {
    beforeAll(() => {
      const { root, write } = installation();
      write("understudy", launcherShim());
      chmodSync(join(root, "understudy"), 0o755);
      symlinkSync(join(checkout, "docs"), join(root, "docs"));
    });

    for (const page of pages) {
      const blocks = blocksOf(page);
      for (const [index, block] of blocks.entries()) {
        if (block.language !== "bash") continue;
        it(`${page}:${block.line}`, async () => {
          const { exitCode, stdout, stderr } = await runBlock(installation(), block, offset);
          expect(exitCode, `${block.text}\n${stdout}${stderr}`).toBe(block.exitCode);
          const example = blocks[index + 1];
          if (example?.language === "json") expectSameShape(stdout, example.text);
        });
      }
    }
  });
}

/** What a verb prints has the fields of the page's example, and no others. */
function expectSameShape(printed: string, example: string): void {
  const [actual, shown] = [printed, example].map((text) => JSON.parse(text.trim().split("\n")[0] ?? ""));
  expect(Object.keys(actual)).toEqual(Object.keys(shown));
  const documented = fieldPaths(shown);
  expect(fieldPaths(actual).filter((path) => !documented.includes(path))).toEqual([]);
}

/** Paths of the fields in plain data; the elements of a list count as one. */
function fieldPaths(data: unknown, path = ""): string[] {
  if (Array.isArray(data)) return [...new Set(data.flatMap((item) => fieldPaths(item, `${path}[]`)))];
  if (!data || typeof data !== "object") return [path];
  return Object.entries(data).flatMap(([name, value]) => fieldPaths(value, `${path}.${name}`));
}
