import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blocksOf, checkout } from "./page.ts";

const page = "docs/troubleshooting.md";

/** The code's texts, with `…` for what is filled in and the singular where a text has two forms. */
const source = ["packages", "stacks"]
  .flatMap((folder) =>
    readdirSync(join(checkout, folder), { recursive: true, encoding: "utf8" }).map((file) =>
      join(checkout, folder, file),
    ),
  )
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.includes("node_modules"))
  .map((file) => readFileSync(file, "utf8"))
  .join("\n")
  .replaceAll(/\$\{[^{}]*\? "[^"]*" : "([^"]*)"\}/g, "$1")
  .replaceAll(/\$\{[^{}]*\}/g, "…");

describe(page, () => {
  const messages = blocksOf(page)
    .filter(({ language }) => language === "text")
    .flatMap(({ text }) => text.trim().split("\n"));

  it("quotes messages", () => expect(messages.length).toBeGreaterThan(20));

  it.each(messages)("quotes a message that the code has: %s", (message) => {
    const parts = message
      .split(/…|: |\. |\(|\)/)
      .map((part) => part.trim())
      .filter((part) => part.length > 5);
    expect(parts.filter((part) => !source.includes(part))).toEqual([]);
  });
});
