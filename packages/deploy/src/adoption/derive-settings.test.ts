import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deriveSettings, stands } from "./derive-settings.ts";

const place = (template: string, live: string, service = "app") => ({ service, what: "environment X", template, live });

describe("deriveSettings", () => {
  it("finds any value between the texts around it", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, value, after) => {
        const template = `${before}${stands("NAME")}${after}`;
        expect(deriveSettings([place(template, `${before}${value}${after}`)])).toEqual({
          values: { NAME: value },
          contradictions: [],
        });
      }),
    );
  });

  it("finds several in one text when it can be read in one way only", () => {
    const template = `postgresql://${stands("USER")}:${stands("PASSWORD")}@postgres/${stands("USER")}`;
    expect(deriveSettings([place(template, "postgresql://letta:s3cret@postgres/letta")]).values).toEqual({
      USER: "letta",
      PASSWORD: "s3cret",
    });
    expect(deriveSettings([place(`${stands("A")}${stands("B")}`, "ab")]).values).toEqual({});
    expect(deriveSettings([place(`${stands("A")}:${stands("B")}`, "a:b:c")]).values).toEqual({});
  });

  it("tells nothing of a text that is another", () => {
    expect(deriveSettings([place(`neo4j/${stands("P")}`, "none")])).toEqual({ values: {}, contradictions: [] });
  });

  it("takes no side where places differ", () => {
    expect(deriveSettings([place(stands("P"), "one"), place(stands("P"), "two", "db")])).toEqual({
      values: {},
      contradictions: [{ name: "P", places: ["app environment X", "db environment X"] }],
    });
  });
});
