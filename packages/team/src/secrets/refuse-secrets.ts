import { UserError } from "@understudy/core";
import type { Watcher } from "../archive/spool.ts";
import { formsOf } from "./forms.ts";
import { WordSearch } from "./word-search.ts";

/** The secrets of an environment, by name. */
export type Secrets = Readonly<Record<string, string>>;

/** Looks for secrets in one file of an archive that everybody can read. */
export interface SecretGuard {
  readonly watch: Watcher;
  /** The file has ended. @throws UserError as `watch` does */
  end(): void;
}

/** @returns what throws a UserError, naming file and secret, as soon as one is seen. */
export function guardAgainst(secrets: Secrets, path: string): SecretGuard {
  const search = new WordSearch(
    Object.entries(secrets).flatMap(([name, value]) => formsOf(value).map((form) => [form, name] as const)),
  );
  const refuse = ([name]: readonly string[]) => {
    if (name === undefined) return;
    throw new UserError(`${path} holds the secret ${name} of the environment file: it must not go out in clear`, {
      next: "Export with --encrypt; or remove it where it was stored, and export again",
    });
  };
  return { watch: (chunk) => refuse(search.take(chunk)), end: () => refuse(search.end()) };
}
