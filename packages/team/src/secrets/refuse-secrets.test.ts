import { describe, expect, it } from "vitest";
import { guardAgainst } from "./refuse-secrets.ts";

const secrets = { N8N_DB_PASSWORD: "abcdefghijkl", EMPTY: "" };

describe("a guard against secrets", () => {
  it("says which one, and where, but not what it is", () => {
    const guard = guardAgainst(secrets, "databases/n8n.sql");
    guard.watch(Buffer.from("COPY … abcdef"));
    const look = () => {
      guard.watch(Buffer.from("ghijkl and so on"));
      guard.end();
    };
    expect(look).toThrow(/databases\/n8n\.sql holds the secret N8N_DB_PASSWORD/);
    expect(look).not.toThrow(/abcdefghijkl/);
  });

  it("sees one in the last bytes", () => {
    const guard = guardAgainst(secrets, "x");
    guard.watch(Buffer.from("it is abcdefghijkl"));
    expect(() => guard.end()).toThrow(/N8N_DB_PASSWORD/);
  });

  it("lets everything else pass", () => {
    const guard = guardAgainst(secrets, "x");
    guard.watch(Buffer.from("abcdefghijk abcdefghij"));
    expect(() => guard.end()).not.toThrow();
  });
});
