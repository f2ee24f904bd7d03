import type { Connection } from "@understudy/postgres";
import { connect } from "@understudy/postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Server, startServer } from "../../postgres/test/support/server.ts";
import { type Pattern, patterns } from "../src/policy/propose/patterns.ts";

/** Values that look like something, and values that must not be taken for it. */
const examples: Readonly<Record<Pattern, { readonly yes: readonly string[]; readonly no: readonly string[] }>> = {
  email: {
    yes: ["anna@gmx.de", "A.B+c@mail.example.co.uk"],
    no: ["anna@", "a b@c.de", "@x.de", "write to anna@gmx.de"],
  },
  "email inside": { yes: ["write to anna@gmx.de!"], no: ["5 @ 3.50", "@home"] },
  phone: {
    yes: ["+49 30 1234567", "030/1234567", "(415) 555-2671", "555-0123"],
    no: ["12345", "2024-01-15", "10.0.0.1", "4711"],
  },
  "phone inside": { yes: ["call +49 30 1234567 now", "(415) 555-2671 ext"], no: ["room 1234", "v1.2.3"] },
  card: { yes: ["4111 1111 1111 1111", "378282246310005", "5555-5555-5555-4444"], no: ["4111 1111 1111 1112", "1234"] },
  iban: { yes: ["DE89 3704 0044 0532 0130 00", "gb82west12345698765432"], no: ["DE89370400440532013001", "DE89"] },
  "national id": {
    yes: [
      "123-45-6789",
      "AB 12 34 56 C",
      "12345678Z",
      "RSSMRA85T10A562S",
      "123.456.789-09",
      "ABCDE1234F",
      "1 85 05 78 006 084 36",
      "811228-9874",
    ],
    no: ["12345", "AB-12", "hello"],
  },
  ip: { yes: ["10.0.0.1", "10.0.0.0/24", "2001:db8::1", "::1"], no: ["1.2.3", "12:30", "a::b::c::d::e::f::g::h"] },
  url: { yes: ["https://example.org/a", "ftp://x"], no: ["example.org", "see https://x"] },
  address: {
    yes: ["Hauptstraße 5", "12 Baker Street", "Calle Mayor 3, Madrid", "5 rue de Rivoli"],
    no: ["Street", "5 apples", "version 3"],
  },
  "birth date": { yes: ["1984-02-29", "3.4.1970", "12/31/1999"], no: ["2999-01-01", "1984-02-29 12:00", "1.2.3"] },
  name: {
    yes: ["Anna Schmidt", "Ludwig van Beethoven", "Jean-Luc O’Neill", "Chloé de la Cruz"],
    no: ["anna", "Anna", "Anna 5", "in the House"],
  },
  "one capitalized word": { yes: ["Anna", "O'Neill"], no: ["anna", "A", "Anna Schmidt", "Anna1"] },
  secret: {
    yes: [
      "sk-live-1234567890abcdef",
      "ghp_abcdefghijklmnop",
      "eyJhbGciOiJIUzI1.x",
      "$2b$10$abcdefghijkl",
      "k3J9xQ2mZ7pL5vR8tW1y",
    ],
    no: [
      "8c2e2f0e-1f4b-4e0b-9f38-0d4f6f1f2a3b",
      "a long sentence with 1 number in it",
      "aaaaaaaaaaaaaaaaaaaaaaa1",
      "short1",
    ],
  },
  uuid: { yes: ["8C2E2F0E-1f4b-4e0b-9f38-0d4f6f1f2a3b"], no: ["8c2e2f0e"] },
  number: { yes: ["-12", "3.5", "1,5"], no: ["1e5", "12a"] },
  "several words": { yes: ["one two three four"], no: ["one two three"] },
};

describe("the patterns of values", () => {
  let server: Server;
  let session: Connection;
  beforeAll(async () => {
    server = await startServer();
    session = await connect({ ...server.options, bulk: true, readOnly: true });
  });
  afterAll(async () => {
    await session.close();
    await server[Symbol.asyncDispose]();
  });

  const matching = async (pattern: Pattern, values: readonly string[]) =>
    await session
      .query<{ v: string }>(
        `SELECT v FROM unnest($1::text[]) WITH ORDINALITY AS t(v, n) WHERE ${patterns[pattern]} ORDER BY n`,
        [values],
      )
      .then((rows) => rows.map(({ v }) => v));

  it.each(Object.keys(patterns) as Pattern[])("know %s", async (pattern) => {
    const { yes, no } = examples[pattern];
    expect(await matching(pattern, [...yes, ...no])).toEqual(yes);
  });

  it("stand whatever the values are", async () => {
    const odd = [
      "\\",
      "'",
      "{",
      "%",
      "ÄÖÜ",
      "\u{1f600}",
      "a\nb",
      "-",
      "DE00?????????????",
      "x".repeat(4_000),
      "9".repeat(4_000),
    ];
    for (const pattern of Object.keys(patterns) as Pattern[]) await matching(pattern, odd);
  });
});
