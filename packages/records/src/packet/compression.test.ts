import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compress, decompress } from "./compression.ts";

describe("a compressed packet", () => {
  it("comes out as it went in", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (data) => {
        expect(await decompress(await compress(data), 1_000_000)).toEqual(JSON.parse(JSON.stringify(data)));
      }),
      { numRuns: 50 },
    );
  });

  it("is not unpacked beyond the limit", async () => {
    await expect(decompress(await compress("0".repeat(10_000)), 5_000)).rejects.toMatchObject({
      status: 413,
      code: "too-large",
    });
  });

  it("that is none is refused, and told why", async () => {
    for (const text of ["xyz", "abc", "", "1f8b08", Buffer.from("{}").toString("hex")]) {
      await expect(decompress(text, 1_000)).rejects.toMatchObject({ status: 422, field: "packet_data" });
    }
  });
});
