import { UserError } from "@understudy/core";
import type { EnvironmentFile } from "@understudy/environment";
import type { z } from "zod";
import type { Check } from "../check.ts";
import { checkTypes, typeNamed } from "../registry.ts";
import { adjustment } from "../types/common.ts";
import { fillIn } from "./fill-in.ts";
import type { Written } from "./written.ts";

/** What a definition means, and where it stands: a check, or a change of a default one. */
export type Interpreted = { readonly place: string; readonly check: Check } | Adjusting;

export interface Adjusting {
  readonly place: string;
  readonly adjustment: z.output<typeof adjustment>;
}

/** Understand one definition. @throws UserError with file, line, field, value and what is allowed. */
export function interpret(
  written: Written,
  envFile: Pick<EnvironmentFile, "path" | "values">,
  services: readonly string[],
): Interpreted {
  const value = fillIn(written, envFile);
  const place = written.place([]);
  const named = (value as { type?: unknown } | null)?.type;
  if (named === undefined)
    return { place, adjustment: parse(written, adjustment, value) as z.output<typeof adjustment> };
  const type = typeNamed(named);
  if (!type) throw refused(written, ["type"], `there are ${checkTypes.map((one) => one.type).join(", ")}`);
  const check = type.make(parse(written, type.schema, value));
  if (!services.includes(check.service)) {
    throw refused(written, ["service"], `the services are ${services.join(", ")}`);
  }
  return { place, check };
}

function parse(written: Written, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (!issue) throw parsed.error;
  if (issue.code === "unrecognized_keys") throw refused(written, [...issue.path, issue.keys[0] ?? ""], issue.message);
  // An error in a key is wrapped.
  const message = issue.code === "invalid_key" ? issue.issues[0]?.message : issue.message;
  throw refused(written, issue.path, message ?? issue.message);
}

function refused(written: Written, path: readonly PropertyKey[], why: string): UserError {
  const { name } = (written.value ?? {}) as { name?: unknown };
  const value = path.reduce(
    (part: unknown, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key],
    written.value,
  );
  const parts = [
    written.place(path),
    ...(typeof name === "string" ? [`check "${name}"`] : []),
    ...(path.length ? [path.join(".")] : []),
    ...(value === undefined ? [] : [JSON.stringify(value).slice(0, 100)]),
    why,
  ];
  return new UserError(parts.join(": "), { next: "docs/health.md says what each type of check may have" });
}
