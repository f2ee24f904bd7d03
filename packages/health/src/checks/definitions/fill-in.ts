import { secrets, UserError } from "@understudy/core";
import type { EnvironmentFile } from "@understudy/environment";
import { fill } from "./fill.ts";
import type { Written } from "./written.ts";

/**
 * A definition with the values of `.env.<environment>` in place of `${NAME}`; they are never shown from here on.
 * @param later names that get their values when it is used, and stay
 * @throws UserError naming place, field, variable and file
 */
export function fillIn(
  written: Written,
  { path: file, values }: Pick<EnvironmentFile, "path" | "values">,
  later: readonly string[] = [],
): unknown {
  return fill(written.value, (name, path) => {
    if (later.includes(name)) return undefined;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (!value) {
      const field = `${written.place(path)}: ${path.join(".")}`;
      const others = later.map((other) => `\${${other}}`).join(", ");
      throw new UserError(`${field}: names \${${name}}, and ${file} has no value for it`, {
        next: `Add a line ${name}=… to it${others && `, or use one of ${others}`}`,
      });
    }
    secrets.add([value]);
    return value;
  });
}
