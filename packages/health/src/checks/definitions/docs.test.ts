import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sourceRoot } from "@understudy/core";
import { afterAll, describe, expect, it } from "vitest";
import { checkTypes } from "../registry.ts";
import { type Interpreted, interpret } from "./interpret.ts";
import { readDefinitions } from "./read.ts";

const page = readFileSync(join(sourceRoot, "docs/health.md"), "utf8");
const blocksOf = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, text = ""]) => text);
const values = { ORDERS_TOKEN: "orders-token", WAREHOUSE_PASSWORD: "warehouse-password" };

describe("the examples of docs/health.md", () => {
  const folder = mkdtempSync(join(tmpdir(), "examples-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are understood, and have every type among them", async () => {
    const lists = blocksOf("yaml").filter((text) => text.startsWith("- "));
    for (const [index, text] of lists.entries()) writeFileSync(join(folder, `${index}.yml`), text);
    const written = await readDefinitions(folder);
    const understood = written.map(
      (one): Interpreted => interpret(one, { path: ".env", values }, ["n8n", "postgres", "neo4j", "host"]),
    );
    const shown = written.flatMap(({ value }) => (value as { type?: string }).type ?? []);
    expect([...new Set(shown)].sort()).toEqual(checkTypes.map(({ type }) => type).sort());
    expect(understood.filter((one) => "adjustment" in one)).toHaveLength(3);
  });

  it("run as code", () => {
    const [text = ""] = blocksOf("ts");
    writeFileSync(join(folder, "shops.ts"), text);
    const read = `
      import { readCode } from ${JSON.stringify(new URL("./code.ts", import.meta.url).href)};
      console.log(JSON.stringify((await readCode(${JSON.stringify(join(folder, "shops.ts"))}, "shops.ts")).map(({ value }) => value.name)));
    `;
    const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", read], { encoding: "utf8" });
    expect(JSON.parse(printed)).toEqual(["shop berlin", "shop vienna", "host disk"]);
  });
});
