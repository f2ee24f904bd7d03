import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { laterVariables, missingVariables, parseEnvFile, randomSecret, renderEnvFile } from "./env-file.ts";
import { UserError } from "./errors.ts";

const template = "# Head\nA=1\n# About B\n# generate: password(16)\nB=\n# generate: hex(32)\nC=\n";
const generate = ({ kind, length }: { kind: string; length: number }) => `${kind}-${length}`;

test("hints become values, comments stay, fixed values win", () => {
  expect(renderEnvFile(template, generate)).toBe("# Head\nA=1\n# About B\nB=password-16\nC=hex-32\n");
  expect(renderEnvFile(template, generate, { B: "mine", D: "two words" })).toBe(
    "# Head\nA=1\n# About B\nB=mine\nC=hex-32\nD='two words'\n",
  );
});

test("what came to a template later is a value like the others in a new file, and known by name for the files that lack it", () => {
  const grown = `${template}# generate later: password(20)\nD=\n`;
  expect(renderEnvFile(grown, generate)).toContain("\nD=password-20\n");
  expect(laterVariables(grown)).toEqual({ D: { kind: "password", length: 20 } });
});

test("a hint that is not understood is named with its line", () => {
  expect(() => renderEnvFile("A=1\n# generate: words(4)\nB=", generate)).toThrow(/line 2: '# generate: words\(4\)'/);
  expect(() => renderEnvFile("# generate: hex(4)\nB=", generate)).toThrow(UserError);
});

test("what is written is read back", () => {
  const value = fc.string().filter((text) => !/['\r\n]/.test(text));
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom("A", "B", "NEW"), value), (fixed) => {
      expect(parseEnvFile(renderEnvFile(template, generate, fixed))).toMatchObject(fixed);
    }),
  );
});

test("missing and empty are both missing", () => {
  expect(missingVariables(["A", "B", "C", "B", "constructor"], { A: "1", B: "" })).toEqual(["B", "C", "constructor"]);
});

test("secrets have the length and the characters asked for", () => {
  for (let round = 0; round < 200; round++) {
    const password = randomSecret({ kind: "password", length: 12 }, randomInt);
    expect(password).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z0-9]{12}$/);
    expect(randomSecret({ kind: "hex", length: 64 }, randomInt)).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(randomSecret({ kind: "hex", length: 64 }, randomInt)).not.toBe(
    randomSecret({ kind: "hex", length: 64 }, randomInt),
  );
});

test("the stack's own template makes a complete file", () => {
  const own = readFileSync(new URL("../../../compose/env.template", import.meta.url), "utf8");
  const values = parseEnvFile(renderEnvFile(own, (spec) => randomSecret(spec, randomInt)));
  const secrets = [...own.matchAll(/# generate:.*\n(\w+)=/g)].map((match) => match[1] ?? "");
  expect(secrets.length).toBeGreaterThan(8);
  for (const name of secrets) expect(values[name], name).toMatch(/^[A-Za-z0-9]{24,}$/);
});
