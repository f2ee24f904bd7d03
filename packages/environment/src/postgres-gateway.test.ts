import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutBinding } from "../../../compose/postgres/gateway.ts";

function message(kind: string, content: Buffer): Buffer {
  const head = Buffer.from(`${kind}\0\0\0\0`, "latin1");
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

const asked = (code: number, rest = "") =>
  message("R", Buffer.concat([Buffer.from([0, 0, 0, code]), Buffer.from(rest)]));
const offer = (...mechanisms: string[]) => asked(10, `${mechanisms.join("\0")}\0\0`);
const through = async (parts: readonly Buffer[]) => await buffer(Readable.from(parts).pipe(withoutBinding()));

/** Cut anywhere. */
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parts;
}

describe("what a gateway passes on of a server's words", () => {
  const plus = offer("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256");

  it("has no offer to bind the login to the channel, wherever the network cuts it", async () => {
    await fc.assert(
      fc.asyncProperty(cuts, fc.uint8Array({ maxLength: 200 }), async (sizes, rest) => {
        const passed = await through(cut(Buffer.concat([plus, rest]), sizes));
        expect(passed).toEqual(Buffer.concat([offer("SCRAM-SHA-256"), rest]));
      }),
    );
  });

  it("is what it was in everything else", async () => {
    const others = [offer("SCRAM-SHA-256"), asked(0), asked(5, "salt"), message("E", Buffer.from("SFATAL\0\0"))];
    const negotiation = message("v", Buffer.from([0, 3, 0, 0, 0, 0, 0, 0]));
    for (const first of others) {
      const said = Buffer.concat([negotiation, first, plus.subarray(0, 3)]);
      expect(await through(cut(said, [7]))).toEqual(said);
    }
  });

  it("goes on unread after the login: rows may look like an offer", async () => {
    const said = Buffer.concat([asked(0), plus]);
    expect(await through([said])).toEqual(said);
  });
});
