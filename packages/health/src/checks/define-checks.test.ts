import { describe, expect, it } from "vitest";
import { defineChecks } from "./define-checks.ts";

describe("checks as code", () => {
  it("are what was written, and their types are checked with the project", () => {
    const written = defineChecks([
      {
        name: "a",
        type: "http",
        url: "https://example.org",
        timeout: "1.5s",
        expect: { body: { "$.a": { below: 5 } } },
      },
      { name: "host disk", disabled: true },
      // @ts-expect-error: a duration has a unit
      { name: "b", type: "tcp", port: 22, timeout: 5 },
      // @ts-expect-error: there is no such type
      { name: "c", type: "udp", port: 22 },
      // @ts-expect-error: there is no such condition
      { name: "d", type: "postgres", query: "SELECT 1", expect: { value: { under: 5 } } },
    ]);
    expect(written.map(({ name }) => name)).toEqual(["a", "host disk", "b", "c", "d"]);
  });
});
