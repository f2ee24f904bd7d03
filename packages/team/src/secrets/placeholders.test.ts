import { describe, expect, it } from "vitest";
import { withPlaceholders } from "./placeholders.ts";

const file = `# old: N8N_DB_PASSWORD=before
TIMEZONE=Etc/UTC
N8N_DB_PASSWORD=abcdefgh
OPENAI_API_KEY=
HOOK=https://user:hunter2@example.org/
GREETING='two words'
`;

describe("an environment file with placeholders", () => {
  const text = withPlaceholders(file);

  it("has no secret, neither in a value nor in a comment", () => {
    for (const secret of ["abcdefgh", "hunter2", "before"]) expect(text).not.toContain(secret);
  });

  it("names what is missing, and keeps the rest", () => {
    expect(text).toContain("N8N_DB_PASSWORD=${SECRET:N8N_DB_PASSWORD}\n");
    expect(text).toContain("HOOK=${SECRET:HOOK}\n");
    expect(text).toContain("TIMEZONE=Etc/UTC\n");
    expect(text).toContain('GREETING="two words"\n');
    expect(text).toContain("OPENAI_API_KEY=\n");
  });
});
