import { UserError } from "@understudy/core";
import type { Resolution, Unknown } from "./resolution.ts";

/** What stops a copy: all that the policy does not know, and all that cannot hold, by name. */
export function describeUndecided(resolutions: readonly Resolution[]): UserError {
  const unknown = resolutions.flatMap((one) => one.unknown.map((what) => `  ${one.database}: ${nameOf(what)}`));
  const refused = resolutions.flatMap((one) => one.refused);
  const parts = [
    ...(unknown.length ? [`The policy says nothing of ${unknown.length} things in production:`, ...unknown] : []),
    ...(refused.length ? ["What the policy says cannot hold:"] : []),
    ...resolutions.flatMap((one) => one.refused.map(({ message, next }) => `  ${one.database}: ${message}. ${next}`)),
  ];
  return new UserError(parts.join("\n"), {
    next: unknown.length
      ? "See what is proposed: pnpm sync:policy; write it to sanitize.yml: pnpm sync:policy --accept"
      : "Correct sanitize.yml; docs/sanitization.md says what it may have",
  });
}

/** `public.customers.profile $.contact.fax` */
export function nameOf(unknown: Unknown): string {
  switch (unknown.what) {
    case "table":
      return `table ${unknown.table}`;
    case "column":
      return `column ${unknown.table}.${unknown.column}`;
    case "path":
      // An address that is a key stands for any: see withoutValueKeys.
      return `${unknown.path.replaceAll('"@"', "*")} in ${unknown.table}.${unknown.column}`;
    case "large objects":
      return "large objects";
  }
}
