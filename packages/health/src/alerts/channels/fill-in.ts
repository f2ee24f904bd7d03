import { missingVariables, secrets, UserError } from "@understudy/core";
import type { EnvironmentFile } from "@understudy/environment";
import { fill } from "../../checks/definitions/fill.ts";

/** Where values come from. */
export type Values = Pick<EnvironmentFile, "path" | "values" | "fresh">;

/**
 * Settings of understudy.yml with the values of `.env.<environment>` in place of `${NAME}`. What is filled in is a secret from
 * here on.
 * @param field where in understudy.yml they stand, e.g. `alerts.channels.chat`
 * @throws UserError naming field, variable and file
 */
export function fillIn<Data>(field: string, settings: Data, file: Values): Data {
  return fill(settings, (name, path) => {
    if (missingVariables([name], file.values).length) {
      const where = [field, ...path].join(".");
      throw new UserError(`understudy.yml: ${where} names \${${name}}, and ${file.path} has no value for it`, {
        next: file.fresh ? "The first deploy writes that file; add it then" : `Add a line ${name}=… to it`,
      });
    }
    const value = file.values[name] ?? "";
    secrets.add([value, ...longParts(value)]);
    return value;
  });
}

/** What of a secret address is enough to use it: receivers repeat their path, or the last part of it. */
function longParts(value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { pathname, search, searchParams } = new URL(value);
  return [pathname + search, ...pathname.split("/"), ...searchParams.values()].filter(({ length }) => length >= 16);
}
