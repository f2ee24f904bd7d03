import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadCompose } from "./load.ts";

const sample = (name: string) => fileURLToPath(new URL(`../test/samples/${name}`, import.meta.url));

test("newer keys mean what their golden file says", async () => {
  const model = await loadCompose({
    files: [sample("newer.yml"), sample("newer-over.yml")],
    variables: { TAG: "2", CONTENT: "from a variable" },
  });
  const golden = JSON.parse(readFileSync(sample("newer.golden.json"), "utf8"));
  expect(JSON.parse(JSON.stringify(model))).toEqual(golden);
});
