import { FieldScanner } from "./field-scanner.ts";
import { type Find, Finds } from "./finds.ts";
import type { Fingerprints } from "./fingerprints.ts";
import { type LeakReport, leakReport, type Proof } from "./report.ts";

/** Says which finds are values of production's, and where it has them. Fingerprints alone can be alike by chance. */
export type Prove = (finds: readonly Find[]) => Promise<ReadonlyMap<Find, readonly string[]>>;

/** One search for production's personal values in everything that a copy consists of. */
export class Search {
  readonly fingerprints: Fingerprints;
  readonly finds = new Finds();
  readonly #provers: readonly Prove[];
  readonly #scanner: FieldScanner;
  readonly #proofs: Proof[] = [];
  /** Proofs that are no numbers, which can be alike by chance. */
  #certain = 0;
  #proving: Promise<void> | undefined;

  /** @param provers one for each kind of place that fingerprints were taken of, e.g. `(finds) => proveInDatabases(finds, origins)`. */
  constructor(fingerprints: Fingerprints, provers: readonly Prove[]) {
    this.fingerprints = fingerprints;
    this.#provers = provers;
    this.#scanner = new FieldScanner(fingerprints, this.finds);
  }

  /** So much was proven that nothing could make the copy good: no need to search on. */
  get isDecided(): boolean {
    return this.#certain >= enough;
  }

  /** Search one text. @param place where it stands, for the report. @param isMasked it is all that a masked place holds. */
  scanText(place: string, text: string, isMasked = false): void {
    const field = { place, isMasked, isHex: false };
    const bytes = Buffer.from(text);
    this.#scanner.write(bytes, 0, bytes.length, field);
    this.#scanner.end(field);
  }

  /** Called between pieces of a search, so that what it comes upon does not fill the memory. */
  async proveWhenFull(): Promise<void> {
    if (this.finds.isFull && !this.isDecided) this.#proving ??= this.#settle();
    await this.#proving;
  }

  /** Prove what is left. */
  async report(): Promise<LeakReport> {
    await this.#settle();
    return leakReport(this.#proofs, this.finds);
  }

  async #settle(): Promise<void> {
    const finds = this.finds.take();
    const proven = new Map<Find, string[]>();
    for (const prove of finds.length ? this.#provers : []) {
      for (const [find, sources] of await prove(finds)) proven.set(find, [...(proven.get(find) ?? []), ...sources]);
    }
    for (const [{ kind, places }, sources] of proven) {
      this.#proofs.push({ kind, places, sources });
      if (kind !== "digits") this.#certain++;
    }
    this.#proving = undefined;
  }
}

/** Values. */
const enough = 10_000;
