import { isSecret, parseEnvFile } from "@understudy/core";

/** An environment file's text with a name in the place of every secret: `N8N_DB_PASSWORD=${SECRET:N8N_DB_PASSWORD}`. Comments go: they may hold old ones. */
export function withPlaceholders(text: string): string {
  const lines = Object.entries(parseEnvFile(text)).map(([name, value]) =>
    isSecret(name, value) ? `${name}=\${SECRET:${name}}` : `${name}=${quoted(value)}`,
  );
  return lines.map((line) => `${line}\n`).join("");
}

function quoted(value: string): string {
  return /^[\w@%+=:,./-]*$/.test(value) ? value : JSON.stringify(value);
}
