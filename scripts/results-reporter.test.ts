import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Results } from "./results-reporter.ts";

const vitest = resolve(import.meta.dirname, "../node_modules/.bin/vitest");
const reporter = resolve(import.meta.dirname, "results-reporter.ts");

const everyWayToFail = `
describe("a stack", () => {
  beforeAll(async () => {
    await new Promise((resolve) => setTimeout(resolve, 250));
    throw new Error("the deploy failed");
  });
  it("is healthy", () => {});
});
describe("a list", () => {
  it("is empty", () => expect(["n8n cpu: degraded"]).toEqual([]));
  it("is there", () => expect([]).toEqual([]));
});
it("lets an error go", () => void Promise.reject(new Error("left alone")));
`;

let folder: string;
let results: Results;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "understudy-results-"));
  writeFileSync(join(folder, "fails.test.js"), everyWayToFail);
  writeFileSync(join(folder, "absent.test.js"), 'import "./nowhere.js";');
  const UNDERSTUDY_RESULTS = join(folder, "results.json");
  spawnSync(vitest, ["run", "--globals", `--reporter=${reporter}`], {
    cwd: folder,
    env: { ...process.env, FORCE_COLOR: "1", UNDERSTUDY_RESULTS },
  });
  results = JSON.parse(readFileSync(UNDERSTUDY_RESULTS, "utf8"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("counts the tests that passed, by file", () => {
  expect(results.passed).toEqual({ "absent.test.js": 0, "fails.test.js": 2 });
});

test("tells what each file took, hooks too", () => {
  expect(Object.keys(results.seconds).sort()).toEqual(["absent.test.js", "fails.test.js"]);
  expect(results.seconds["fails.test.js"]).toBeGreaterThan(0.2);
  expect(results.seconds["fails.test.js"]).toBeLessThan(60);
});

test("tells the file of each failure, which may run again", () => {
  expect(new Set(results.failures.map(({ file }) => file))).toEqual(new Set(["absent.test.js", "fails.test.js"]));
});

test("tells all that failed, tests or not", () => {
  expect(Object.fromEntries(results.failures.map(({ name, text }) => [name, text]))).toEqual({
    "absent.test.js": expect.stringContaining("nowhere.js"),
    "fails.test.js > a stack": expect.stringMatching(/^Error: the deploy failed\nat fails\.test\.js:5$/),
    "fails.test.js > a list > is empty": expect.stringMatching(
      /^AssertionError: expected .*\nat fails\.test\.js:10\n(.*\n)*\+ {3}"n8n cpu: degraded",/,
    ),
    "fails.test.js: nobody caught": "Error: left alone",
  });
});
