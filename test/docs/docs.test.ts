import { spawn } from "node:child_process";
import { chmodSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createInstallation,
  finished,
  type TestInstallation,
  type VerbResult,
} from "../../packages/deploy/test/support/installation.ts";
import { launcherShim } from "./launcher-shim.ts";
import { type Block, blocksOf, checkout } from "./page.ts";

const offset = 23_000;
const settings = `environments:
  staging: { kind: staging, portOffset: ${offset}, healthTimeoutSeconds: 600 }
  staging-2: { kind: staging, portOffset: ${offset - 1_000} }
  production: { kind: production, profile: server, portOffset: ${offset - 2_000}, bind: 127.0.0.1 }
`;

/** Pages whose commands are run here, in this order, on one fresh installation. */
const pages = [
  "README.md",
  "docs/quick-start.md",
  "docs/configuration.md",
  "docs/troubleshooting.md",
  "docs/cli-json.md",
];

describe("the commands of the pages, in order, on a fresh staging", () => {
  let installation: TestInstallation;

  beforeAll(() => {
    installation = createInstallation(settings);
    installation.write("understudy", launcherShim());
    chmodSync(join(installation.root, "understudy"), 0o755);
    symlinkSync(join(checkout, "docs"), join(installation.root, "docs"));
  });

  afterAll(async () => installation?.[Symbol.asyncDispose]());

  for (const page of pages) {
    const blocks = blocksOf(page);
    for (const [index, block] of blocks.entries()) {
      if (block.language !== "bash") continue;
      it(`${page}:${block.line}`, async () => {
        const { exitCode, stdout, stderr } = await runBlock(installation, block);
        expect(exitCode, `${block.text}\n${stdout}${stderr}`).toBe(block.exitCode);
        const example = blocks[index + 1];
        if (example?.language === "json") expectSameShape(stdout, example.text);
      });
    }
  }
});

/** Run a block as a person would, in the installation's folder, with its ports moved to where this staging is. */
function runBlock({ root }: TestInstallation, { text }: Block): Promise<VerbResult> {
  const script = text.replaceAll(/localhost:(\d+)/g, (_, port) => `localhost:${Number(port) + offset}`);
  return finished(
    spawn("bash", ["-eu", "-o", "pipefail", "-c", script], {
      cwd: root,
      env: {
        ...process.env,
        UNDERSTUDY_ROOT: root,
        NO_COLOR: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
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
