import { UserError } from "@understudy/core";

/** The content of a policy file as somebody wrote it, not yet looked at. */
export interface Written {
  readonly value: unknown;
  /** Where a part of it stands, for people: `sanitize.yml:7`. */
  place(path: readonly PropertyKey[]): string;
}

/** What is wrong with a part of a policy file: `sanitize.yml:7: databases.app…: "emial": why`. */
export function refused(written: Written, path: readonly PropertyKey[], why: string): UserError {
  const value = path.reduce(
    (part: unknown, key) => (part as Record<PropertyKey, unknown> | null | undefined)?.[key],
    written.value,
  );
  const parts = [
    written.place(path),
    ...(path.length ? [path.join(".")] : []),
    ...(value === undefined ? [] : [JSON.stringify(value).slice(0, 100)]),
    why,
  ];
  return new UserError(parts.join(": "), { next: "docs/sanitization.md says what a policy may have" });
}
