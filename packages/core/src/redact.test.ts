import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSecretName, Redactor } from "./redact.ts";

describe("Redactor", () => {
  it("leaves no trace of a secret in any text or data that has it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), fc.string(), fc.string(), (secret, before, after) => {
        const redactor = new Redactor();
        redactor.add([secret]);
        fc.pre(!"‹secret›".includes(secret));
        const data = redactor.redactData({ list: [`${before}${secret}${after}`], [secret]: new Error(secret) });
        expect(redactor.redact(JSON.stringify(data))).toBe(JSON.stringify(data));
        expect(redactor.redact(`${before}${secret}${after}`)).toContain("‹secret›");
      }),
    );
  });

  it("finds a secret as it stands in a URL and in JSON", () => {
    const redactor = new Redactor();
    redactor.add(['p@ss"word']);
    expect(
      redactor.redact(`postgres://u:${encodeURIComponent('p@ss"word')}@h and ${JSON.stringify('p@ss"word')}`),
    ).toBe('postgres://u:‹secret›@h and "‹secret›"');
  });

  it("takes the longer of two secrets where one begins the other", () => {
    const redactor = new Redactor();
    redactor.add(["secret", "secret-and-more"]);
    expect(redactor.redact("secret-and-more")).toBe("‹secret›");
  });

  it("knows secrets by their variables' names", () => {
    expect(
      ["N8N_API_KEY", "POSTGRES_PASSWORD", "N8N_ENCRYPTION_KEY", "PULUMI_CONFIG_PASSPHRASE", "WEBUI_SECRET_KEY"].every(
        isSecretName,
      ),
    ).toBe(true);
    expect(["TIMEZONE", "N8N_OWNER_EMAIL", "N8N_SECURE_COOKIE"].some(isSecretName)).toBe(false);
  });
});
