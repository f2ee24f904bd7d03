import { describe, expect, it } from "vitest";
import { overlap, parseListeners, suggestOffset } from "./ports.ts";

describe("parseListeners", () => {
  it("reads the kernel's addresses and keeps only listening sockets", () => {
    const text = [
      "  sl  local_address rem_address   st",
      "   0: 0100007F:1538 00000000:0000 0A 0",
      "   1: 00000000:1F90 00000000:0000 0A 0",
      "   2: 0100007F:9999 0100007F:1538 01 0",
      "   0: 00000000000000000000000001000000:14E9 00000000000000000000000000000000:0000 0A 0",
      "   1: 0000000000000000FFFF00000100007F:14EA 00000000000000000000000000000000:0000 0A 0",
    ].join("\n");
    expect(parseListeners(text)).toEqual([
      { address: "127.0.0.1", port: 5432 },
      { address: "0.0.0.0", port: 8080 },
      { address: "::1", port: 5353 },
      { address: "127.0.0.1", port: 5354 },
    ]);
  });
});

describe("overlap", () => {
  it("collides with a wildcard and with itself only", () => {
    expect(overlap("127.0.0.1", "0.0.0.0")).toBe(true);
    expect(overlap("::", "10.0.0.1")).toBe(true);
    expect(overlap("127.0.0.1", "10.0.0.1")).toBe(false);
  });
});

describe("suggestOffset", () => {
  it("moves on while any port would collide", () => {
    expect(suggestOffset([5678, 8080], [])).toBe(1_000);
    expect(suggestOffset([5678, 8080], [6_678, 10_080])).toBe(3_000);
  });

  it("suggests nothing rather than a port that callers may hold", () => {
    expect(suggestOffset([32_000], [])).toBeUndefined();
  });
});
