import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scan } from "./scan.ts";

const found = (parameters: Record<string, unknown>, allowed: string[] = []) =>
  scan({ description: null, nodes: [{ name: "N", type: "t", typeVersion: 1, parameters }] }, allowed);
const kindsOf = (parameters: Record<string, unknown>) => found(parameters).map(({ kind }) => kind);
/** In pieces, so that no scanner takes this file for a leak. */
const join = (...parts: string[]) => parts.join("");

describe("what is found in parameters", () => {
  it.each([
    [{ text: join("ghp", "_", "0123456789abcdefghij0123456789abcdef") }],
    [{ jsCode: join("const key = 's", "k-", "ant-", "api03-abcdefghijklmno';") }],
    [{ url: "https://admin:hunter22@db.acme.io/x" }],
    [{ password: "hunter22" }],
    [{ jsCode: "const cfg = { apiKey: 'q8w7e6r5t4z3' }" }],
    [{ headerParameters: { parameters: [{ name: "Authorization", value: "Bearer 0a1b2c3d4e5f6a7b8c9d" }] } }],
    [{ queryParameters: { parameters: [{ name: "api_key", value: "0a1b2c3d4e5f" }] } }],
    [{ text: join("-----BEGIN ", "RSA PRIVATE KEY-----\nMII") }],
    [{ value: "Zk3vQ9sLm2Xc7Rt5Yw8Pb1Nd6Hf4Jg0Ka" }],
  ])("a secret in %j", (parameters) => {
    expect(kindsOf(parameters)).toEqual(["a secret"]);
  });

  it.each([
    [{ to: "clara.meyer@customer.de" }, "an e-mail address"],
    [{ text: "call +49 170 1234567 now" }, "a phone number"],
    [{ iban: "DE89 3704 0044 0532 0130 00" }, "a bank account"],
    [{ card: "4111 1111 1111 1111" }, "a card number"],
  ])("a person's in %j", (parameters, kind) => {
    expect(kindsOf(parameters)).toEqual([kind]);
  });

  it.each([
    [{ password: "={{ $env.PASSWORD }}" }],
    [{ password: "<your password>" }],
    [{ authentication: "headerAuth", nodeCredentialType: "githubOAuth2Api2024" }],
    [{ maxTokens: 500, options: { maxTokens: "2048" } }],
    [{ headerParameters: { parameters: [{ name: "Authorization", value: "=Bearer {{ $json.token }}" }] } }],
    [{ documentId: { __rl: true, mode: "id", value: "1AbC9dEfG8hIjK7lMnO6pQrS5tUvW4xYz3AbC2dEfG1h" } }],
    [{ to: "someone@example.com" }],
    [{ path: "4a1b2c3d-0000-4000-8000-0123456789ab" }],
    [{ amount: "1700000000000", iban: "DE00 3704 0044 0532 0130 00", card: "4111 1111 1111 1112" }],
    [{ query: "SELECT id, token FROM sessions WHERE token = $1" }],
  ])("nothing in %j", (parameters) => {
    expect(found(parameters)).toEqual([]);
  });

  it("leaves out what is allowed, by value or by domain, and nothing else", () => {
    const parameters = { to: "help@acme.io, clara@customer.de" };
    expect(found(parameters, ["@acme.io"]).map(({ shown }) => shown)).toEqual(["cla…"]);
    expect(found(parameters, ["help@acme.io", "clara@customer.de"])).toEqual([]);
  });

  it("says where, and never the whole value", () => {
    const [finding] = found({ options: { list: [{ password: "hunter22" }] } });
    expect(finding).toEqual({ where: "N: parameters.options.list[0].password", kind: "a secret", shown: "hun…" });
  });

  it("looks into notes and the description too", () => {
    const node = { name: "N", type: "t", typeVersion: 1, parameters: {}, notes: "ask clara@customer.de" };
    expect(scan({ description: "of bob@customer.de", nodes: [node] })).toHaveLength(2);
  });

  it("ends for any text, quickly", () => {
    fc.assert(fc.property(fc.string({ maxLength: 5_000, unit: "binary" }), (text) => found({ text }).length >= 0));
    // A pattern that goes back and forth takes minutes for these, and the test its time-out.
    for (const unit of ["a", "1", "+1 ", "A1", "{{", "x@", "a.", "eyJ", "Basic "]) {
      expect(found({ text: unit.repeat(50_000) })).toEqual([]);
    }
  });
});
