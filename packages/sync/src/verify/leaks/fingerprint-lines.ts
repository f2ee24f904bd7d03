import type { Fingerprints } from "./fingerprints.ts";
import type { Kind } from "./kind.ts";

/** Takes what `fingerprintsSql` gives, lines of `kind TAB hash TAB beginning`, in parts of any size. */
export class FingerprintLines {
  readonly #fingerprints: Fingerprints;
  #kind: Kind = "whole";
  #field = 0;
  #high = 0;
  #low = 0;
  #hashHigh = 0;
  #hashLow = 0;
  #count = 0;

  constructor(fingerprints: Fingerprints) {
    this.#fingerprints = fingerprints;
  }

  /** Lines since it was last asked. */
  takeCount(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }

  read(chunk: Uint8Array): void {
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] as number;
      if (byte === lineFeed) this.#endLine();
      else if (byte === tab) this.#endField();
      else if (this.#field === 0) this.#kind = kinds[byte] ?? "whole";
      else {
        const digit = byte >= smallA ? byte - smallA + 10 : byte - zero;
        this.#high = (this.#high << 4) | (this.#low >>> 28);
        this.#low = (this.#low << 4) | digit;
      }
    }
  }

  #endField(): void {
    this.#field++;
    this.#hashHigh = this.#high;
    this.#hashLow = this.#low;
    this.#high = 0;
    this.#low = 0;
  }

  #endLine(): void {
    this.#fingerprints.add(this.#kind, this.#hashHigh, this.#hashLow, this.#low);
    this.#count++;
    this.#endField();
    this.#field = 0;
  }
}

const tab = 9;
const lineFeed = 10;
const zero = 48;
const smallA = 97;

/** By the letter that stands for each. */
const kinds: Readonly<Record<number, Kind>> = { 116: "text", 100: "digits", 119: "whole" };
