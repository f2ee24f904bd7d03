import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

/** Reads a file in a Node of its own, as a verb does, as often as there are texts for it; prints what came of it. */
const program = `
import { writeFileSync } from "node:fs";
import { readCode } from ${JSON.stringify(new URL("./code.ts", import.meta.url).href)};
const [file, ...texts] = process.argv.slice(1);
for (const text of texts) {
  writeFileSync(file, text);
  const read = await readCode(file, "checks/web.ts").then(
    (definitions) => definitions.map((written) => ({ value: written.value, place: written.place([]) })),
    ({ name, message }) => ({ name, message }),
  );
  console.log(JSON.stringify(read));
}
`;

describe("definitions in TypeScript", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "checks-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const read = (...texts: string[]): unknown[] =>
    execFileSync(process.execPath, ["--input-type=module", "--eval", program, join(folder, "web.ts"), ...texts], {
      encoding: "utf8",
    })
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("are read from wherever they lie, with parts of their own", () => {
    writeFileSync(join(folder, "hosts.ts"), 'export const hosts: readonly string[] = ["a", "b"];\n');
    const text = `
      import { defineChecks } from "@understudy/health";
      import { hosts } from "./hosts.ts";
      export default defineChecks(hosts.map((host: string) => ({ name: host, type: "tcp" as const, host, port: 22 })));
    `;
    expect(read(text)).toEqual([
      [
        { value: { name: "a", type: "tcp", host: "a", port: 22 }, place: "checks/web.ts, check 1" },
        { value: { name: "b", type: "tcp", host: "b", port: 22 }, place: "checks/web.ts, check 2" },
      ],
    ]);
  });

  it("are read again when the file has changed", () => {
    expect(read("export default [{ name: 'old' }]", "export default [{ name: 'new' }]")).toMatchObject([
      [{ value: { name: "old" } }],
      [{ value: { name: "new" } }],
    ]);
  });

  it.each([
    ["export default 5;", "checks/web.ts: has no list of checks as its default export"],
    ["throw new Error('boom');", "checks/web.ts: cannot be run: boom"],
    ["import x from './nowhere.ts'; export default x;", "checks/web.ts: cannot be run: Cannot find module"],
    ["export default [;", "checks/web.ts: cannot be run: "],
    ["enum A { b } export default [];", "checks/web.ts: cannot be run: "],
  ])("%j is refused", (text, message) => {
    expect(read(text)).toMatchObject([{ name: "UserError", message: expect.stringContaining(message) }]);
  });
});
