/** A variable that a template needs and does not have. */
export interface MissingVariable {
  name: string;
  /** What `${NAME:?message}` says. */
  message: string | undefined;
  /** True when it is set, but empty where that is not enough. */
  empty: boolean;
}

/** A variable named in a template; `required` when nothing stands in for it. */
export interface VariableReference {
  name: string;
  required: boolean;
}

/** A template that is not written by the rules; the caller adds the place. */
export class TemplateError extends Error {}

type Part =
  | { kind: "text"; text: string }
  | { kind: "variable"; name: string; operator: Operator | undefined; argument: Part[] };
type Operator = ":-" | "-" | ":?" | "?" | ":+" | "+";

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPERATOR = /:-|-|:\?|\?|:\+|\+/y;

/**
 * Replaces `$VAR`, `${VAR}` and the forms with `:-` `-` `:?` `?` `:+` `+` by the Compose specification; `$$` is a dollar.
 * A missing variable is reported instead of becoming an empty string: that is a deliberate difference.
 * @throws TemplateError for a dollar that starts no variable.
 */
export function interpolate(
  template: string,
  variables: Readonly<Record<string, string>>,
): { text: string; missing: MissingVariable[] } {
  const missing: MissingVariable[] = [];
  return { text: evaluate(parseTemplate(template), variables, missing), missing };
}

/** All variables that a template names, those in defaults included. @throws TemplateError as `interpolate` does. */
export function referencesOf(template: string): VariableReference[] {
  return collect(parseTemplate(template), true);
}

function evaluate(parts: Part[], variables: Readonly<Record<string, string>>, missing: MissingVariable[]): string {
  return parts.map((part) => (part.kind === "text" ? part.text : substitute(part, variables, missing))).join("");
}

function substitute(
  part: Extract<Part, { kind: "variable" }>,
  variables: Readonly<Record<string, string>>,
  missing: MissingVariable[],
): string {
  const value = Object.hasOwn(variables, part.name) ? variables[part.name] : undefined;
  const present = part.operator?.startsWith(":") ? value !== undefined && value !== "" : value !== undefined;
  const argument = () => evaluate(part.argument, variables, missing);
  switch (part.operator) {
    case ":-":
    case "-":
      return present ? (value ?? "") : argument();
    case ":+":
    case "+":
      return present ? argument() : "";
    default: {
      if (present) return value ?? "";
      const message = part.operator ? evaluate(part.argument, variables, []) : "";
      missing.push({ name: part.name, message: message || undefined, empty: value !== undefined });
      return "";
    }
  }
}

function collect(parts: Part[], needed: boolean): VariableReference[] {
  return parts.flatMap((part) => {
    if (part.kind === "text") return [];
    const required = needed && (part.operator === undefined || part.operator.endsWith("?"));
    return [{ name: part.name, required }, ...collect(part.argument, false)];
  });
}

/** Recursive descent; the index is shared through the closure. */
function parseTemplate(template: string): Part[] {
  let index = 0;
  const parts = parseParts(false);
  return parts;

  function parseParts(nested: boolean): Part[] {
    const found: Part[] = [];
    let text = "";
    const flush = () => {
      if (text) found.push({ kind: "text", text });
      text = "";
    };
    while (index < template.length) {
      const character = template[index];
      if (nested && character === "}") break;
      if (character !== "$") {
        text += character;
        index++;
      } else if (template[index + 1] === "$") {
        text += "$";
        index += 2;
      } else {
        flush();
        found.push(parseVariable());
      }
    }
    flush();
    return found;
  }

  function parseVariable(): Part {
    const start = index++;
    const braced = template[index] === "{";
    if (braced) index++;
    const name = match(NAME);
    if (!name) throw invalid(start);
    if (!braced) return { kind: "variable", name, operator: undefined, argument: [] };
    const operator = match(OPERATOR) as Operator | undefined;
    const argument = operator ? parseParts(true) : [];
    if (template[index] !== "}") throw invalid(start);
    index++;
    return { kind: "variable", name, operator, argument };
  }

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = index;
    const found = pattern.exec(template)?.[0];
    if (found) index += found.length;
    return found;
  }

  function invalid(start: number): TemplateError {
    return new TemplateError(`'${template.slice(start, start + 20)}' is not a variable; write $$ for a dollar sign`);
  }
}
