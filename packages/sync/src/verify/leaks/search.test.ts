import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CopyScanner } from "./copy-scanner.ts";
import { Finds } from "./finds.ts";
import { Fingerprints, formsOf } from "./fingerprints.ts";
import { scanStream } from "./scan-stream.ts";
import { Search } from "./search.ts";

const fields = ["first", "second"].map((place) => ({ place, isMasked: place === "second", isHex: false }));

const values = {
  email: "Anna.Schmidt@Mail.example",
  name: "Zoë  Müller-Ångström",
  phone: "+49 (0)170 / 123-45 67",
  token: "sk9ab3fh77qq",
  address: "12 Main St. Apt #5, 10115 Berlin",
  card: "4111 1111 1111 1111",
};

function fingerprintsOf(...raw: string[]): Fingerprints {
  const fingerprints = new Fingerprints({ expected: raw.length, allowed: [] });
  for (const value of raw)
    fingerprints.addValue(value, value === values.phone || value === values.card ? "digits" : "text");
  return fingerprints;
}

const known = fingerprintsOf(...Object.values(values), "Anna");

/** What is found in rows of two fields, read in parts of a size, as `place: value`. */
function found(
  rows: readonly (readonly (string | Buffer)[])[],
  options: { part?: number; isHex?: boolean } = {},
): string[] {
  const finds = new Finds();
  const scanner = new CopyScanner(known, finds, {
    fields: fields.map((field) => ({ ...field, isHex: options.isHex ?? false })),
    labelled: false,
  });
  const bytes = Buffer.concat(
    rows.flatMap((row) => [
      ...row.flatMap((field, at) => (at ? [Buffer.from("\t"), asCopied(field)] : [asCopied(field)])),
      Buffer.from("\n"),
    ]),
  );
  const part = options.part ?? bytes.length;
  for (let at = 0; at < bytes.length; at += part) scanner.read(bytes.subarray(at, at + part));
  return finds.take().flatMap(({ value, places }) => [...places.keys()].map((place) => `${place}: ${value}`));
}

/** As COPY writes a value. */
function asCopied(field: string | Buffer): Buffer {
  const letters: Record<string, string> = {
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
  };
  const text = Buffer.from(field)
    .toString("latin1")
    .replace(/[\b\f\n\r\t\v\\]/g, (letter) => letters[letter] as string);
  return Buffer.from(text, "latin1");
}

/** Ways in which a value can stand in a copy. */
const wrappings: Record<string, (value: string) => string> = {
  alone: (value) => value,
  "in a sentence": (value) => `She is called "${value}", they say.`,
  "in capitals, on two lines": (value) =>
    `x ${value.replace(/[a-z]/g, (letter) => letter.toUpperCase()).replaceAll(" ", "\r\n\t")}.`,
  "in JSON": (value) => JSON.stringify({ a: [1, { b: value }] }),
  "in JSON with every character escaped": (value) =>
    `{"a":"${[...Buffer.from(value, "utf16le").swap16().toString("hex").matchAll(/.{4}/g)].map((code) => `\\u${code}`).join("")}"}`,
  "in JSON in JSON in JSON": (value) => JSON.stringify(JSON.stringify(JSON.stringify({ deep: `"${value}"` }))),
  "in an array": (value) => `{1,"${value}",NULL}`,
  "in a query of a URL": (value) => `https://host.example/?next=${encodeURIComponent(value)}&x=1`,
  "in a form": (value) => new URLSearchParams({ q: value, z: "1" }).toString(),
  "in base64": (value) => Buffer.from(`user: ${value}`).toString("base64"),
  "in base64 of a URL, as a token's middle": (value) =>
    `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify({ sub: value })).toString("base64url")}.c2lnbmF0dXJl`,
  "in base64 in JSON": (value) => JSON.stringify({ auth: Buffer.from(`me:${value}`).toString("base64") }),
  "in hexadecimal digits": (value) => `\\x${Buffer.from(value).toString("hex")}`,
  "in XML, with entities": (value) =>
    `<a b="1">${[...value].map((one) => `&#x${one.codePointAt(0)?.toString(16)};`).join("")}</a>`,
  "in 16-bit characters": (value) => Buffer.from(value, "utf16le").toString("latin1"),
};

describe("the search for leaks", () => {
  describe.each(Object.entries(wrappings))("finds a value %s", (wrapping, wrap) => {
    it.each(Object.entries(values).filter(([name]) => !(wrapping.startsWith("in 16") && name === "name")))(
      "%s",
      (_, value) => {
        const wanted = formsOf(value, "text").map(([, form]) => `first: ${form}`);
        expect(
          found([
            ["", ""],
            [wrap(value), "nothing"],
          ]),
        ).toEqual(expect.arrayContaining(wanted));
      },
    );
  });

  it("finds a number however its digits are grouped", () => {
    for (const text of ["490170123 4567", "tel:+4901701234567", "x4901701234567y", "1-49.0170.123.4567"]) {
      expect(found([[text, ""]]), text).toContain("first: 4901701234567");
    }
    expect(found([["2024-01-15 4901701234567", ""]])).toContain("first: 4901701234567");
    expect(found([["4901701234568, 490170123456, 49 0170 12345 678", ""]])).toEqual([]);
  });

  it("takes a common word for a leak only where it is all that a masked column holds", () => {
    expect(found([["Anna", "Anna came"]])).toEqual([]);
    expect(found([["Anna", " ANNA."]])).toEqual(["second: anna"]);
  });

  it("does not find a value as a part of other words", () => {
    expect(found([["Hanna.Schmidt@Mail.example", "anna.schmidt@mail.examples"]])).toEqual([]);
  });

  it("does not find what is allowed", () => {
    const fingerprints = new Fingerprints({ expected: 1, allowed: ["TEST@example.com"] });
    fingerprints.addValue("test@example.com", "text");
    const finds = new Finds();
    const scanner = new CopyScanner(fingerprints, finds, { fields, labelled: false });
    scanner.read(Buffer.from("test@example.com\t\n"));
    expect(finds.take()).toEqual([]);
  });

  it("finds a long value by its beginning, and by nothing shorter", () => {
    const long = `Dear ${"very ".repeat(40)}much`;
    const fingerprints = fingerprintsOf(long);
    const finds = new Finds();
    const scanner = new CopyScanner(fingerprints, finds, { fields, labelled: false });
    scanner.read(Buffer.from(`Oh! ${long}, thanks\t${long.slice(0, 90)}\n`));
    expect(finds.take().map(({ places }) => [...places])).toEqual([[["first", 1]]]);
  });

  it("names the places of labelled rows", () => {
    const finds = new Finds();
    const scanner = new CopyScanner(known, finds, { fields, labelled: true });
    scanner.read(Buffer.from(`comment on a\\tb\t${values.email}\nother\tnothing\n`));
    expect(finds.take().map(({ places }) => [...places.keys()])).toEqual([["comment on a\tb"]]);
  });

  it("finds a value wherever a stream and a long field are cut", () => {
    const wrapped = Object.values(wrappings).map((wrap) => wrap(values.email));
    const place = fc.record({
      before: fc.integer({ min: 0, max: 200_000 }),
      part: fc.integer({ min: 1, max: 70_000 }),
      text: fc.constantFrom(...wrapped),
    });
    fc.assert(
      fc.property(place, ({ before, part, text }) => {
        const filler = "Lorem ipsum-dolor/ 12,3 ".repeat(Math.ceil(before / 24)).slice(0, before);
        expect(found([[`${filler} ${text} ${filler}`, "x"]], { part })).toContain("first: anna.schmidt@mail.example");
      }),
      { numRuns: 60 },
    );
  });

  it("searches texts and streams too, and forgets what production does not have", async () => {
    const search = new Search(known, [
      async (finds) =>
        new Map(finds.filter(({ value }) => value !== "sk9ab3fh77qq").map((find) => [find, ["a source"]])),
    ]);
    search.scanText("a text", `of ${values.email}`);
    search.scanText("a masked text", "ANNA", true);
    search.scanText("no leak", values.token);
    await scanStream(search, Readable.from([Buffer.from("x anna.schm"), Buffer.from("idt@mail.example y")]), "a file");
    expect(await search.report()).toEqual({
      leaks: ["a file", "a masked text", "a text"].map((place) => ({ place, sources: ["a source"], count: 1 })),
      coincidences: [],
    });
  });

  it("takes no more memory for more values", () => {
    const { bytes } = new Fingerprints({ expected: 1e9, allowed: [] });
    expect(bytes).toBeLessThanOrEqual(48 * 1_024 * 1_024);
  });

  it("finds a value in bytes", () => {
    const bytes = Buffer.concat([Buffer.from([0, 255, 1]), Buffer.from(values.email), Buffer.from([0, 200])]);
    expect(found([[bytes.toString("hex"), ""]], { isHex: true })).toEqual(["first: anna.schmidt@mail.example"]);
  });
});
