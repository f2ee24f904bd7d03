/** A text of the compose files that names variables, and the same text in a container that runs. */
export interface Place {
  readonly service: string;
  /** For people: `environment DB_PASSWORD`, `command`. */
  readonly what: string;
  /** With `stands(NAME)` where a variable's value goes. */
  readonly template: string;
  readonly live: string;
}

export interface DerivedSettings {
  readonly values: Readonly<Record<string, string>>;
  /** Variables that have other values in different places. */
  readonly contradictions: readonly { readonly name: string; readonly places: readonly string[] }[];
}

// From Unicode's private use area: no file and no value has it.
const mark = "\uF8FF";

/** What stands for a variable's value in a template. */
export function stands(name: string): string {
  return `${mark}${name}${mark}`;
}

/** The values of variables from where they are used. What leaves a choice tells nothing. Pure. */
export function deriveSettings(places: readonly Place[]): DerivedSettings {
  const found = new Map<string, Map<string, string[]>>();
  for (const { service, what, template, live } of places) {
    for (const [name, value] of Object.entries(invert(template, live))) {
      const values = found.get(name) ?? new Map<string, string[]>();
      values.set(value, [...(values.get(value) ?? []), `${service} ${what}`]);
      found.set(name, values);
    }
  }
  const names = [...found].map(([name, values]) => ({ name, values: [...values] }));
  return {
    values: Object.fromEntries(
      names.flatMap(({ name, values: [first, ...rest] }) => (first && rest.length === 0 ? [[name, first[0]]] : [])),
    ),
    contradictions: names.flatMap(({ name, values }) =>
      values.length > 1 ? [{ name, places: values.flatMap(([, places]) => places) }] : [],
    ),
  };
}

/** The values that make a template this text, if only one set of them does. */
function invert(template: string, live: string): Record<string, string> {
  const [long, short] = [read(template, live, "*"), read(template, live, "*?")];
  const names = Object.keys(long);
  return names.every((name) => long[name] === short[name]) ? long : {};
}

function read(template: string, live: string, greed: "*" | "*?"): Record<string, string> {
  const seen = new Set<string>();
  const pattern = template.split(mark).map((part, index) => {
    if (index % 2 === 0) return RegExp.escape(part);
    if (seen.has(part)) return `\\k<${part}>`;
    seen.add(part);
    return `(?<${part}>.${greed})`;
  });
  return { ...new RegExp(`^${pattern.join("")}$`, "s").exec(live)?.groups };
}
