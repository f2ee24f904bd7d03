import { UserError } from "@understudy/core";
import { quoteLiteral } from "@understudy/postgres";

/** A step from a JSON value to one in it: a key, any key, or any element of an array. */
export type Step =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "any" }
  | { readonly kind: "items" };

/** A path of a policy. `**.key` has no steps of its own: the key at any depth. */
export type Path =
  | { readonly kind: "rooted"; readonly steps: readonly Step[] }
  | { readonly kind: "anywhere"; readonly key: string };

const step = /^(?:\[(?<items>\*)\]|\.(?<any>\*)|\.(?<quoted>"(?:[^"\\]|\\.)*")|\.(?<bare>[^\][."* \t-\r]+))/;

/** Understand `$.contact.email`, `$.items[*].name`, `$.by-user.*.mail`, `$."a key"`, `**.email`. @throws UserError naming the path and the place in it. */
export function parsePath(text: string): Path {
  const anywhere = text.startsWith("**");
  if (!anywhere && !text.startsWith("$")) throw notUnderstood(text, 0);
  const steps: Step[] = [];
  let at = anywhere ? 2 : 1;
  while (at < text.length) {
    const found = step.exec(text.slice(at));
    if (!found) throw notUnderstood(text, at);
    steps.push(stepOf(found.groups ?? {}, () => notUnderstood(text, at)));
    at += found[0].length;
  }
  if (!anywhere) return { kind: "rooted", steps };
  const [only, ...others] = steps;
  if (only?.kind !== "key" || others.length) throw notUnderstood(text, 2);
  return { kind: "anywhere", key: only.key };
}

/** A step as a policy writes it. */
export function showStep(step: Step): string {
  if (step.kind === "items") return "[*]";
  if (step.kind === "any") return ".*";
  return /^[^\][."* \t-\r]+$/.test(step.key) ? `.${step.key}` : `.${JSON.stringify(step.key)}`;
}

/** SQL of the same for a key that is an SQL expression. */
export function showKeySql(key: string): string {
  return `CASE WHEN ${key} COLLATE "C" ~ '^[^]."*[[:space:]]+$' THEN '.' || ${key} ELSE '.' || to_json(${key})::text END`;
}

/** Keys as an SQL array. */
export function keysSql(keys: Iterable<string>): string {
  return `ARRAY[${[...keys].map(quoteLiteral).join(", ")}]::text[]`;
}

function stepOf(groups: Readonly<Record<string, string | undefined>>, refuse: () => UserError): Step {
  if (groups.items) return { kind: "items" };
  if (groups.any) return { kind: "any" };
  if (groups.bare !== undefined) return { kind: "key", key: groups.bare };
  try {
    return { kind: "key", key: JSON.parse(groups.quoted as string) };
  } catch {
    throw refuse();
  }
}

function notUnderstood(path: string, at: number): UserError {
  const rest = path.slice(at, at + 20);
  return new UserError(`"${path}" is no JSON path${rest && at ? `: "${rest}" is not understood` : ""}`, {
    next: 'Write $.key, $."a key", $.items[*].key for elements, $.map.*.key for any key, or **.key for a key at any depth',
  });
}
