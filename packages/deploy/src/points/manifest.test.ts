import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { signingKey } from "../receipt/key.ts";
import { emptyInstallation } from "../receipt/testing.ts";
import { readMessage, writeMessage } from "./manifest.ts";
import { tagName } from "./tag-name.ts";
import { aManifest } from "./testing.ts";

const key = signingKey(emptyInstallation());
const message = writeMessage(aManifest(), key);

describe("a point's message", () => {
  it("is read as it was written, whatever its texts hold", () => {
    const texts = fc.record({ by: fc.string(), databases: fc.dictionary(fc.stringMatching(/^[a-z]+$/), fc.string()) });
    fc.assert(
      fc.property(texts, (changes) => {
        const manifest = aManifest(changes);
        expect(readMessage(writeMessage(manifest, key), key)).toEqual(manifest);
      }),
    );
  });

  it("is read when many services run one image", () => {
    const image = aManifest().images.n8n as NonNullable<ReturnType<typeof aManifest>["images"][string]>;
    const images = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`worker-${index}`, image]));
    expect(readMessage(writeMessage(aManifest({ images }), key), key)).toEqual(aManifest({ images }));
  });

  it("is YAML whose first line is for people, and names release and backup where clean-up and pruning look for them", () => {
    expect(message.split("\n")[0]).toBe(
      "# rollback-20261121-130405: production as it was until 2026-11-21T13:04:05.000Z, release r-0123456789ab",
    );
    expect(parse(message)).toMatchObject({ ...aManifest(), signature: expect.stringMatching(/^[0-9a-f]{128}$/) });
    expect(message.match(/\br-[0-9a-f]{12}\b/g)).toContain("r-0123456789ab");
    expect(message.match(/\bbackup-\d{8}-\d{6}\b/g)).toEqual(["backup-20261121-130000"]);
  });

  it("is refused when any one character of it is another", () => {
    const edits = fc.tuple(fc.nat(message.length - 1), fc.string({ minLength: 0, maxLength: 1 }));
    fc.assert(
      fc.property(edits, ([place, character]) => {
        fc.pre(character !== message[place]);
        const edited = message.slice(0, place) + character + message.slice(place + 1);
        expect(() => readMessage(edited, key)).toThrow(expect.objectContaining({ name: "UserError" }));
      }),
      { numRuns: 2_000 },
    );
  });

  it("says what is wrong with it", () => {
    const other = signingKey(emptyInstallation());
    const unsigned = message.replace(/^signature:.*\n/m, "");
    const cases: [message: string, problem: RegExp][] = [
      [message.replace("2.41.1", "2.41.2"), /edited after it was signed/],
      [unsigned, /edited or never signed/],
      ["before the upgrade", /no point of ours/],
      ["", /no point of ours/],
      [writeMessage(aManifest(), other), /signed by another key/],
      [writeMessage({ ...aManifest(), version: 2 } as never, key), /of version 2, not 1/],
    ];
    for (const [text, problem] of cases) expect(() => readMessage(text, key)).toThrow(problem);
    expect(() => readMessage(message, undefined)).toThrow(/signed by another key/);
  });
});

describe("tagName", () => {
  it("is the second in UTC", () => {
    expect(tagName(new Date("2026-11-21T23:04:05.678+01:00"))).toBe("rollback-20261121-220405");
  });
});
