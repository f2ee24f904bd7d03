import type { CheckStatus } from "../../checks/check.ts";

const colours = { healthy: "#2e7d32", degraded: "#b26a00", unhealthy: "#c62828", unknown: "#616161" } as const;

/** Width of a character at 11 px, roughly; badges need no more. */
const characterWidth = 6.6;

/** A badge as SVG, such as `staging | healthy`. */
export function badge(label: string, status: CheckStatus | "unknown"): string {
  const width = (text: string) => Math.round(text.length * characterWidth) + 12;
  const left = width(label);
  const right = width(status);
  const text = escapeXml(label);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${text}: ${status}">
<rect width="${left + right}" height="20" rx="3" fill="#444"/>
<rect x="${left}" width="${right}" height="20" rx="3" fill="${colours[status]}"/>
<g fill="#fff" font-family="Verdana, DejaVu Sans, sans-serif" font-size="11" text-anchor="middle">
<text x="${left / 2}" y="14">${text}</text>
<text x="${left + right / 2}" y="14">${status}</text>
</g>
</svg>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll(/[<>&"']/g, (character) => `&#${character.codePointAt(0)};`);
}
