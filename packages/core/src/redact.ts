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

/** `KEY` and the like count where a word ends: STRIPE_KEY and AWS_ACCESS_KEY_ID, not KEYCLOAK_URL. */
const secretName =
  /PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|TOKEN|CREDENTIAL|(PASS|PWD|KEY|DSN|CREDS|JWT|SALT)(S|\d*)(?![A-Z0-9])/i;

const urlWithPassword = /[a-z][a-z0-9+.-]*:\/\/([^\s/?#:@]*:[^\s/?#@]+@|\S*[?&](password|passwd|pwd)=[^\s&#])/i;

/** Whether a variable of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Whether a variable is a secret: by its name, or because its value is an address with a password in it. Nothing is none. */
export function isSecret(name: string, value: string): boolean {
  return value !== "" && (isSecretName(name) || hasPassword(value));
}

/** Whether a text has an address with a password in it: `scheme://user:password@…` or `…?password=…`. */
export function hasPassword(text: string): boolean {
  return urlWithPassword.test(text);
}
