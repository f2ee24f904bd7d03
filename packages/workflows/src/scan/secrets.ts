import { isSecret, isSecretName } from "@understudy/core";
import type { Written } from "./texts.ts";

/** How keys of well-known systems begin. */
const keys = [
  String.raw`\b[spr]k[-_](?:live|test|proj|ant)[-_][\w-]{10}`,
  String.raw`\bsk-[A-Za-z0-9]{20}`,
  String.raw`\bgh[opsur]_[A-Za-z0-9]{20}`,
  String.raw`\bgithub_pat_\w{20}`,
  String.raw`\bglpat-[\w-]{16}`,
  String.raw`\bxox[abeprs]-[\w-]{10}`,
  String.raw`\bA[KS]IA[A-Z0-9]{16}\b`,
  String.raw`\bAIza[\w-]{30}`,
  String.raw`\bya29\.[\w-]{20}`,
  String.raw`\beyJ[\w-]{8,400}\.eyJ[\w-]{8}`,
  String.raw`\bSG\.[\w-]{16,64}\.[\w-]{16}`,
  "-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----",
  String.raw`\b(?:Bearer|Basic) {1,4}[A-Za-z0-9+/_=.-]{16}`,
];
const knownKey = new RegExp(`(?:${keys.join("|")})\\S{0,200}`);

/** An address, of which only the beginning matters. No pattern here goes back and forth, however long a text is. */
const anyAddress = /\b[a-z][a-z0-9+.-]{0,30}:\/\/\S{1,300}/gi;

/** `apiKey: "…"`, `password = '…'`, in code. */
const assigned = /(?:password|passwd|secret|token|api[-_]?key)["'`]?\s*(?::|={1,3})\s*["'`]([^"'`\s{}$]{8,300})["'`]/gi;

/** What stands for a value that is to be filled in. */
const placeholder = /^[<[(*x.…-]|^(your|my|the|some|enter|insert|replace|change|example|test|dummy|todo)\b|_here$/i;

/** The part of a text that looks like a key, a token or a password, if any. Expressions are what the workflow looks up when it runs. */
export function secretIn({ key, text, isId }: Written): string | undefined {
  const literal = withoutExpressions(text);
  const [known] = knownKey.exec(literal) ?? [];
  if (known) return known;
  for (const [address] of literal.matchAll(anyAddress)) if (isSecret("", address)) return address;
  for (const [, value = ""] of literal.matchAll(assigned)) if (isFilledIn(value)) return value;
  const wasComputed = literal !== text || text.startsWith("=");
  if (wasComputed || isId || !isFilledIn(text)) return undefined;
  return isNamedSecret(key, text) || looksRandom(text) ? text : undefined;
}

function isNamedSecret(key: string, text: string): boolean {
  if (!isSecretName(key) && !/^(authorization|x-api-key|cookie)$/i.test(key)) return false;
  if (/type$|^authentication$/i.test(key)) return false;
  if (/pass(word|wd|phrase)?$|secret$/i.test(key)) return text.length >= 4;
  return text.length >= 8 && !/\s/.test(text) && /\d/.test(text) && /[a-z]/i.test(text);
}

/** One long word of letters and digits with no order in it, and not one of those that name a record. */
function looksRandom(text: string): boolean {
  if (!/^[A-Za-z0-9+/_=-]{32,200}$/.test(text) || !/\d/.test(text)) return false;
  if (!/[a-z]/.test(text) || !/[A-Z]/.test(text)) return false;
  return new Set(text).size >= 16;
}

/** `=Bearer {{ $json.token }}` → `=Bearer ` */
function withoutExpressions(text: string): string {
  const [first = "", ...rest] = text.split("{{");
  return [first, ...rest.map((part) => part.slice(part.includes("}}") ? part.indexOf("}}") + 2 : 0))].join("");
}

function isFilledIn(text: string): boolean {
  return text.trim() !== "" && !placeholder.test(text.trim());
}
