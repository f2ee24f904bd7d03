import type { Planted } from "./planted.ts";

/** The texts that a planted value can be recognized by, lower-case, and what they give away. */
export function tracesOf(planted: readonly Planted[]): Map<string, Planted> {
  return new Map(planted.flatMap((one) => forms(one).map((form) => [form.toLowerCase(), one])));
}

/** As it is; in hexadecimal digits, as databases write bytes; in Base64, wherever it begins; and as digits alone. */
function forms({ trace }: Planted): string[] {
  const bytes = Buffer.from(trace);
  const digits = trace.replaceAll(/\D/g, "");
  return [
    trace,
    encodeURIComponent(trace),
    bytes.toString("hex"),
    ...[0, 1, 2].map((offset) => base64At(bytes, offset)),
    // Fewer are found by chance.
    ...(digits.length >= 12 ? [digits] : []),
  ];
}

/** What Base64 makes of bytes that follow `offset` others and are followed by more: without the characters that depend on those. */
function base64At(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}
