import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { isSecret } from "@understudy/core";
import { expect } from "vitest";

/** An archive that everybody can read has none of these values, nor a secret of the environment file, in clear or encoded. */
export function expectNoSecrets(
  archive: string,
  env: Readonly<Record<string, string>>,
  planted: readonly string[],
): void {
  const content = gunzipSync(readFileSync(archive));
  const secrets = Object.entries(env).filter(([name, value]) => isSecret(name, value));
  expect(secrets.map(([name]) => name)).toContain("POSTGRES_PASSWORD");
  const values = [...secrets, ...planted.map((value) => ["planted", value] as const)];
  for (const [name, value] of values) {
    const bytes = Buffer.from(value);
    for (const form of [value, bytes.toString("hex"), bytes.toString("base64").replace(/.?.?=*$/, "")]) {
      const at = content.indexOf(form);
      expect(at < 0 ? "" : `${name} after ${content.toString("utf8", Math.max(0, at - 200), at)}`).toBe("");
    }
  }
  expect(content.includes("POSTGRES_PASSWORD=${SECRET:POSTGRES_PASSWORD}")).toBe(true);
}
