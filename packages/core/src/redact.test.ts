import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSecret, isSecretName, Redactor } from "./redact.ts";

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

  it.each([
    "N8N_API_KEY",
    "POSTGRES_PASSWORD",
    "PGPASSWORD",
    "N8N_ENCRYPTION_KEY",
    "PULUMI_CONFIG_PASSPHRASE",
    "WEBUI_SECRET_KEY",
    "SMTP_PASS",
    "SMTP_PASS_2",
    "MYSQL_PWD",
    "STRIPE_KEY",
    "SIGNING_KEYS",
    "AWS_ACCESS_KEY_ID",
    "GITHUB_TOKEN",
    "GOOGLE_CREDENTIALS",
    "SENTRY_DSN",
    "smtpPass",
  ])("knows the secret %s by its name", (name) => expect(isSecretName(name)).toBe(true));

  it.each([
    "TIMEZONE",
    "N8N_OWNER_EMAIL",
    "N8N_SECURE_COOKIE",
    "OPENAI_API_BASE_URL",
    "EGRESS_INTERNAL",
    "KEYCLOAK_URL",
    "PASSIVE_MODE",
  ])("takes %s for no secret", (name) => {
    expect(isSecretName(name)).toBe(false);
    expect(isSecret(name, "https://api.openai.com:443/v1")).toBe(false);
  });

  it.each([
    "postgres://app:pa%40ss@db:5432/app",
    "redis://:only-a-password@cache",
    "postgres://app:pass@one:5432,two:5432/app",
    "jdbc:postgresql://db/app?user=app&password=pass",
  ])("knows the secret value %s whatever its name is", (value) => expect(isSecret("DATABASE_URL", value)).toBe(true));

  it.each([
    "postgres://app@db:5432/app",
    "http://localhost:5678/@team",
    "http://localhost:5678/?at=a:b@c",
    "https://example.org/reset?password=&x=1",
    "mailto:ann@example.org",
    "12:30@noon",
  ])("takes the value %s for no secret", (value) => expect(isSecret("SOME_URL", value)).toBe(false));

  it("does not take an empty value for a secret, which every text would have in it", () => {
    expect(isSecret("OPENAI_API_KEY", "")).toBe(false);
  });
});
