import type { Example } from "./masker.ts";
import { maskers } from "./registry.ts";

/** The Markdown table of docs/sanitization.md, from the maskers themselves. */
export function maskersTable(): string {
  const rows = [...maskers.values()].map(
    ({ name, about, example }) => `| \`${name}\` | ${about} | ${shown(name, example)} |`,
  );
  return ["| masker | for | example, with the key `example` |", "|---|---|---|", ...rows].join("\n");
}

function shown(name: string, { type, options, before, after, distinct }: Example): string {
  const said = options && `\`${yaml({ mask: name, ...options })}\`: `;
  const lines = [`${type ? `\`${type}\`, ` : ""}${said ?? ""}\`${before}\` → \`${after}\``];
  return [...lines, ...(distinct ? [`distinct: \`${distinct}\``] : [])].join("<br>");
}

function yaml(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value).includes("{") ? `"${value}"` : String(value);
  return `{ ${Object.entries(value)
    .map(([key, one]) => `${key}: ${yaml(one)}`)
    .join(", ")} }`;
}
