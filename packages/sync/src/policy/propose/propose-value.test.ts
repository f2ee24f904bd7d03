import { describe, expect, it } from "vitest";
import { type Evidence, noEvidence } from "./evidence.ts";
import type { Pattern } from "./patterns.ts";
import { proposeText } from "./propose-value.ts";
import { saidBy } from "./subject-of-column.ts";
import { subjectOf } from "./subjects.ts";

/** Of a hundred values, all different. */
const evidence = (matches: Partial<Record<Pattern, number>>, different = 1_000): Evidence => ({
  values: 1_000,
  different,
  matches,
});

const proposed = (name: string, looks: Evidence = noEvidence, isKey = false) => {
  const { rules, because } = proposeText(saidBy("its name", subjectOf(name)), looks, isKey);
  const [rule] = rules;
  return [rule?.kind === "mask" ? rule.masker : rule?.kind, because];
};

describe("text", () => {
  it("is masked for what it looks like, whatever its name", () => {
    expect(proposed("code", evidence({ email: 980 }))).toEqual([
      "email",
      "98 % of 1,000 values look like e-mail addresses",
    ]);
    expect(proposed("status", evidence({ iban: 400 }))[0]).toBe("iban");
    expect(proposed("title", evidence({ name: 700 }))).toEqual([
      "full-name",
      "70 % of 1,000 values look like names of people",
    ]);
    expect(proposed("ref", evidence({ secret: 1_000 }))[0]).toBe("null");
  });

  it("is masked for what its name says, with or without values", () => {
    expect(proposed("vorname")).toEqual(["first-name", "its name says first name"]);
    expect(proposed("notes", evidence({}))[0]).toBe("text");
    expect(proposed("email", evidence({ name: 900 }))).toEqual([
      "email",
      "its name says email, and 90 % of 1,000 values look like names of people",
    ]);
  });

  it("is scrubbed when a single value has something personal in it", () => {
    expect(proposed("code", evidence({ "email inside": 1 }))).toEqual([
      "text",
      "under 1 % of 1,000 values have email in them",
    ]);
    // What scrubbing would not find.
    expect(proposed("sku", evidence({ card: 3 }, 2))[0]).toBe("hash");
    expect(proposed("sku", evidence({ secret: 3, "phone inside": 5 }))[0]).toBe("null");
  });

  it("is kept only where something speaks for it", () => {
    expect(proposed("status", evidence({}))).toEqual([
      "keep",
      "its name says classifier, and none of 1,000 values looks personal",
    ]);
    expect(proposed("xyzzy", evidence({}, 4))[0]).toBe("keep");
    expect(proposed("xyzzy", evidence({ uuid: 1_000 }))).toEqual(["keep", "100 % of 1,000 values are UUIDs"]);
    expect(proposed("xyzzy", evidence({}), true)[0]).toBe("keep");
  });

  it("is masked in doubt", () => {
    expect(proposed("xyzzy")).toEqual([
      "hash",
      "text that is known by neither its name nor its values (no values to look at)",
    ]);
    expect(proposed("xyzzy", evidence({}))[0]).toBe("hash");
    expect(proposed("xyzzy", evidence({ "one capitalized word": 950 }))[0]).toBe("full-name");
    expect(proposed("name", evidence({ "several words": 900 }))[0]).toBe("text");
    expect(proposed("xyzzy", noEvidence, true)[0]).toBe("hash");
  });
});
