/** Replaces every known secret by `‹secret›`. Values shorter than six characters are not taken: they would hide words. */
export class Redactor {
  readonly #values = new Set<string>();
  #pattern: RegExp | undefined;

  add(values: Iterable<string>): void {
    for (const value of values) {
      if (value.length < 6) continue;
      this.#values.add(value);
      this.#values.add(encodeURIComponent(value));
      this.#values.add(JSON.stringify(value).slice(1, -1));
    }
    const longestFirst = [...this.#values].sort((a, b) => b.length - a.length);
    this.#pattern = longestFirst.length ? new RegExp(longestFirst.map(RegExp.escape).join("|"), "g") : undefined;
  }

  redact(text: string): string {
    return this.#pattern ? text.replaceAll(this.#pattern, "‹secret›") : text;
  }

  /** A copy of plain data with every string redacted, keys included. */
  redactData<T>(data: T): T {
    if (typeof data === "string") return this.redact(data) as T;
    if (Array.isArray(data)) return data.map((item) => this.redactData(item)) as T;
    if (data instanceof Error) return { message: this.redact(data.message), stack: this.redact(data.stack ?? "") } as T;
    if (data && typeof data === "object") {
      return Object.fromEntries(
        Object.entries(data).map(([key, value]) => [this.redact(key), this.redactData(value)]),
      ) as T;
    }
    return data;
  }
}

/** The one redactor of a process: every log line, audit entry and error goes through it. */
export const secrets = new Redactor();

const secretName = /(PASSWORD|PASSPHRASE|SECRET|TOKEN|API_KEY|ENCRYPTION_KEY|PRIVATE_KEY)/i;

/** Whether a variable of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}
