/** Fewer characters would be found everywhere; nobody makes secrets that short. */
const shortest = 6;

/**
 * A secret as it may stand in an archive: as it is, as JSON and addresses write it, and encoded in hex, or in base64 wherever in an
 * encoded text it begins.
 */
export function formsOf(secret: string): Buffer[] {
  if (secret.length < shortest) return [];
  const bytes = Buffer.from(secret);
  const texts = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString("hex"),
    ...[0, 1, 2].map((before) => withinBase64(bytes, before)),
  ];
  return [...new Set(texts)].map((text) => Buffer.from(text));
}

/** The characters that all of its encodings share which have so many bytes, modulo 3, before it. */
function withinBase64(bytes: Buffer, before: number): string {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const bits = 8 * (before + bytes.length);
  return encoded.slice(Math.ceil((8 * before) / 6), Math.floor(bits / 6));
}
