import { describe, expect, it } from "vitest";
import { errorPattern } from "./error-pattern.ts";

describe("the pattern of an error", () => {
  it.each([
    '2026-11-21 13:27:33.123 UTC [88] FATAL:  password authentication failed for user "letta"',
    "Error fetching from Strapi API (https://api.n8n.io/api/mcp-servers): getaddrinfo ENOTFOUND api.n8n.io",
    "Traceback (most recent call last):",
    "\u001B[31mERROR\u001B[0m: no space left on device",
    '{"level":"error","message":"connect ECONNREFUSED 172.18.0.3:5432"}',
  ])("is found in: %s", (line) => expect(errorPattern(line)).toBeTruthy());

  it.each([
    "Build finished with 0 errors",
    "INFO: no exceptions",
    '{"status":"ok","error":null}',
    "GET /errors.css 200",
    "terror in the aisles",
    "",
  ])("is not found in: %s", (line) => expect(errorPattern(line)).toBeUndefined());

  it("is the same for the same error at another time, of another person, with another number", () => {
    const lines = [
      '2026-11-21T13:27:33Z ERROR request 9f1c2d3e-1111-2222-3333-444455556666 of "ada" failed after 120 ms',
      '2026-11-22T03:07:01Z ERROR request 0a0b0c0d-aaaa-bbbb-cccc-ddddeeeeffff of "grace" failed after 7 ms',
    ];
    expect(new Set(lines.map(errorPattern))).toEqual(
      new Set(["‹time› ERROR request ‹id› of ‹text› failed after ‹n› ms"]),
    );
  });

  it("tells different errors apart", () => {
    expect(errorPattern("ERROR: disk full")).not.toBe(errorPattern("ERROR: connection refused"));
  });
});
