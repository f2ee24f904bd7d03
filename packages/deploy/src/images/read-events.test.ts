import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { readEvents } from "./read-events.ts";

it("reads events that are cut anywhere", async () => {
  const seen: unknown[] = [];
  await readEvents(Readable.from([Buffer.from('{"a":1}\r\n{"b"'), Buffer.from(':2}\n\n{"c":3}')]), (event) =>
    seen.push(event),
  );
  expect(seen).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
});

it("fails with the engine's words when an event is an error", async () => {
  const answer = Readable.from([
    Buffer.from('{"status":"Extracting"}\n{"errorDetail":{},"error":"no space left on device"}\n'),
  ]);
  await expect(readEvents(answer)).rejects.toThrow("no space left on device");
});
