import { FieldScanner } from "./field-scanner.ts";
import type { Search } from "./search.ts";

/** Search bytes of any kind, e.g. of a file. @param place where they stand, for the report. */
export async function scanStream(search: Search, bytes: AsyncIterable<Uint8Array>, place: string): Promise<void> {
  const scanner = new FieldScanner(search.fingerprints, search.finds);
  const field = { place, isMasked: false, isHex: false };
  for await (const part of bytes) {
    scanner.write(part, 0, part.length, field);
    await search.proveWhenFull();
  }
  scanner.end(field);
}
