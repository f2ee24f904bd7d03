import { parse } from "dotenv";
import { UserError } from "./errors.ts";

/** How a value of an env template is made: `password(32)` letters and digits, `hex(64)` hexadecimal digits. */
export interface SecretSpec {
  kind: "password" | "hex";
  /** Characters. */
  length: number;
}

/**
 * An env template to the text of an env file. Comments and order are kept; `# generate: …` lines are carried out and
 * left away, as are `# generate later: …` lines (`laterVariables`).
 * @param generateSecret makes the value of a `# generate:` hint, see `randomSecret`
 * @param fixed values that win over the template's own and over generated ones; names that the template lacks come last
 * @throws UserError for a hint that cannot be understood
 */
export function renderEnvFile(
  template: string,
  generateSecret: (spec: SecretSpec) => string,
  fixed: Readonly<Record<string, string>> = {},
): string {
  const lines: string[] = [];
  const known = new Set<string>();
  let hint: SecretSpec | undefined;
  for (const [index, line] of template.split("\n").entries()) {
    const generate = hintLine.exec(line);
    const assignment = /^([A-Za-z_]\w*)=(.*)$/.exec(line);
    if (generate) hint = readHint(generate[2] ?? "", index + 1);
    else if (assignment) {
      const [, name = "", value = ""] = assignment;
      const own = hint ? generateSecret(hint) : value;
      lines.push(`${name}=${Object.hasOwn(fixed, name) ? quote(fixed[name] ?? "") : own}`);
      known.add(name);
      hint = undefined;
    } else lines.push(line);
  }
  const further = Object.entries(fixed).filter(([name]) => !known.has(name));
  const last = lines.at(-1) === "" ? lines.splice(-1) : [];
  return [...lines, ...further.map(([name, value]) => `${name}=${quote(value)}`), ...last].join("\n");
}

const hintLine = /^#\s*generate( later)?:\s*(.*)$/;

/**
 * The variables that came to a template after files were made of it, `# generate later: …`: nothing is locked with them yet where they are
 * missing, so a file gets them when it is next needed.
 */
export function laterVariables(template: string): Record<string, SecretSpec> {
  const lines = template.split("\n");
  return Object.fromEntries(
    lines.flatMap((line, index): [string, SecretSpec][] => {
      const [, later, spec = ""] = hintLine.exec(line) ?? [];
      const name = /^([A-Za-z_]\w*)=/.exec(lines[index + 1] ?? "")?.[1];
      return later && name ? [[name, readHint(spec, index + 1)]] : [];
    }),
  );
}

/** Names and values of an env file's text. */
export function parseEnvFile(text: string): Record<string, string> {
  return parse(text);
}

/** Which of these names are missing or empty, in the order given. */
export function missingVariables(names: Iterable<string>, values: Readonly<Record<string, string>>): string[] {
  return [...new Set(names)].filter((name) => !Object.hasOwn(values, name) || values[name] === "");
}

const SETS = {
  hex: ["0123456789abcdef"],
  password: ["ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"],
} as const;

/**
 * A random value without characters that would need escaping in an address or a shell. A password has at least one
 * capital, one small letter and one digit, which n8n asks for.
 * @param random a whole number from 0 up to, and without, its argument; from a cryptographic source, such as randomInt of node:crypto
 */
export function randomSecret({ kind, length }: SecretSpec, random: (below: number) => number): string {
  const sets: readonly string[] = SETS[kind];
  const all = sets.join("");
  const pick = (set: string) => set[random(set.length)] ?? "";
  for (;;) {
    const value = Array.from({ length }, () => pick(all)).join("");
    if (kind === "hex" || sets.every((set) => [...value].some((character) => set.includes(character)))) return value;
  }
}

function readHint(text: string, line: number): SecretSpec {
  const match = /^(password|hex)\((\d+)\)\s*$/.exec(text);
  const length = Number(match?.[2]);
  if (!match || length < 8 || length > 4096) {
    throw new UserError(`env template, line ${line}: '# generate: ${text}' is not understood`, {
      next: "Write password(32) or hex(64), with 8 characters or more",
    });
  }
  return { kind: match[1] as SecretSpec["kind"], length };
}

/** As dotenv and Docker Compose read it back; plain where nothing needs a quote. */
function quote(value: string): string {
  if (/^[\w@%+=:,./-]*$/.test(value)) return value;
  if (/[\r\n']/.test(value)) throw new UserError("A value for the env file has a line break or a single quote in it");
  return `'${value}'`;
}
