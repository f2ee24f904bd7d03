import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { orderOf } from "./actions.ts";
import { type ActionId, actions, commandOf, verbOf } from "./contract/actions.ts";
import { verbScript } from "./verb-script.ts";
import { viewNames, wordsOf } from "./views/by-verb.ts";

const ids = Object.keys(actions) as ActionId[];

describe("actions", () => {
  it.each(ids)("%s has a verb", (id) => expect(verbScript(verbOf(id)).join(" ")).toMatch(/src\/cli\/[\w-]+\.ts$/));

  it("take nothing that they do not know", () => {
    for (const id of ids) expect(() => orderOf(id, { environment: "staging", yes: "--force" }), id).toThrow();
    for (const id of ids) expect(() => orderOf(id, {}), id).toThrow();
  });

  it("let nobody slip in a flag: what a person writes is a flag's value, or comes after --", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30 }), (text) => {
        const hostile = `--${text.replaceAll(/\p{Cc}/gu, "")}`;
        const silence = orderOf("health:silence", {
          environment: "staging",
          check: hostile,
          length: "2h",
          why: hostile,
        });
        expect(silence.flags).toEqual(["--environment", "staging", "--for=2h", `--why=${hostile}`, "--", hostile]);
        const restart = orderOf("restart", { environment: "staging", service: hostile });
        expect(restart.flags.slice(-2)).toEqual(["--", hostile]);
        const accept = orderOf("sync:policy", { environment: "production", only: [hostile, "app large objects"] });
        expect(accept.flags.slice(2)).toEqual([`--accept=${hostile}`, "--accept=app large objects"]);
      }),
    );
    for (const tag of ["--emergency", "rollback-1", "rollback-20261121-170501 --with-data"])
      expect(() => orderOf("rollback", { environment: "production", tag })).toThrow();
  });

  it("take values as long as a command's words may be, in bytes", () => {
    const set = (text: string) =>
      orderOf("records:resolve", { environment: "staging", conflict: crypto.randomUUID(), set: { name: text } });
    expect(set("a".repeat(110_000)).flags).toHaveLength(4);
    expect(() => set("a".repeat(120_000))).toThrow("120,000 bytes");
    expect(() => set("ü".repeat(60_000))).toThrow("120,000 bytes");
  });

  it("show the command as a shell takes it", () => {
    expect(commandOf("rollback", { environment: "production", tag: "rollback-20261121-170501", withData: true })).toBe(
      "pnpm rollback --tag rollback-20261121-170501 --environment production --with-data --yes",
    );
    expect(commandOf("restart", { environment: "staging", service: "it's" })).toBe(
      `pnpm restart --environment staging -- 'it'\\''s'`,
    );
    expect(commandOf("records:resolve", { environment: "staging", conflict: "c", set: { name: "Ada L." } })).toBe(
      "pnpm records:resolve --environment staging '--set=name=Ada L.' c",
    );
  });
});

describe("views by verb", () => {
  it.each(viewNames)("%s has a verb, and prints JSON", (name) => {
    const extra = { "workflow-diff": { what: "--x" }, "record-history": { record: crypto.randomUUID() } };
    const words = wordsOf(name, { environment: "staging", ...(extra[name as keyof typeof extra] ?? {}) });
    expect(verbScript(words[0] ?? "").length).toBeGreaterThan(1);
    expect(words[1]).toBe("--json");
  });

  it("let nobody slip in a flag", () => {
    expect(wordsOf("workflow-diff", { environment: "staging", what: "--with" }).slice(-2)).toEqual(["--", "--with"]);
    expect(() => wordsOf("policy", { environment: "--accept" })).toThrow();
    expect(() => wordsOf("policy", { environment: "production", accept: "true" })).toThrow();
  });
});
