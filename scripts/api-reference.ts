import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** `node scripts/api-reference.ts`: docs/records-api.md from what packages/records exports, and what is written above it. */
const root = join(import.meta.dirname, "..");
const source = join(root, "packages/records/src");
export const page = join(root, "docs/records-api.md");

/** The page's text. */
export function apiReference(): string {
  const sections = exported(readFileSync(join(source, "index.ts"), "utf8")).flatMap(({ file, names }) => {
    const text = readFileSync(join(source, file), "utf8");
    return names.map((name) => describe(name, text));
  });
  return [
    "# Records: reference",
    "",
    "Made from the code by `node scripts/api-reference.ts`. The guide is [records](records.md).",
    "",
    ...sections.toSorted((a, b) => (a < b ? -1 : 1)),
  ].join("\n");
}

interface Export {
  readonly file: string;
  readonly names: readonly string[];
}

function exported(index: string): Export[] {
  return [...index.matchAll(/export (?:type )?\{([^}]*)\} from "\.\/([^"]+)";/g)].map(([, names = "", file = ""]) => ({
    file,
    names: names.split(",").flatMap((name) => name.replace(/\btype\b/, "").trim() || []),
  }));
}

/** A declaration with its comment; of a class, its public members with theirs. */
function describe(name: string, text: string): string {
  const lines = text.split("\n");
  const at = lines.findIndex((line) =>
    new RegExp(`^export .*\\b(class|interface|type|function|const) ${name}\\b`).test(line),
  );
  if (at < 0) throw new Error(`nothing declares ${name}`);
  // A type that is a schema's, or one of a list: what there is to know is there.
  const [, schema, list] =
    /^export type \w+ = (?:z\.infer<typeof (\w+)>|\(typeof (\w+)\)\[number\]);$/.exec(lines[at] ?? "") ?? [];
  const inferred = schema ?? list;
  const ending = /[{(]$/.test(lines[at] ?? "") ? /^\}/ : /;$/;
  const end = lines.findIndex((line, index) => index >= at && ending.test(line));
  const body = lines.slice(at, end + 1);
  const shown = /\bclass\b/.test(body[0] ?? "")
    ? classOutline(body)
    : /\bfunction\b/.test(body[0] ?? "")
      ? signature(body)
      : body;
  return [
    `## ${name}`,
    "",
    ...commentAbove(lines, at),
    "",
    "```ts",
    ...shown.map((line) => line.replace(/^export /, "")),
    ...(inferred ? declarationOf(inferred, lines) : []),
    "```",
    "",
  ].join("\n");
}

function declarationOf(name: string, lines: readonly string[]): string[] {
  const at = lines.findIndex((line) => new RegExp(`^(export )?const ${name}\\b`).test(line));
  const end = lines.findIndex((line, index) => index >= at && /;$/.test(line) && !/^ /.test(line));
  return lines.slice(at, end + 1).map((line) => line.replace(/^export /, ""));
}

function commentAbove(lines: readonly string[], at: number): string[] {
  if (!lines[at - 1]?.trimEnd().endsWith("*/")) return [];
  let from = at - 1;
  while (!lines[from]?.trimStart().startsWith("/**")) from--;
  return lines
    .slice(from, at)
    .map((line) => line.replace(/^\s*(\/\*\*|\*\/|\*)?\s?/, "").replace(/\s*\*\/$/, ""))
    .filter(Boolean);
}

function signature(body: readonly string[]): string[] {
  const end = body.findIndex((line) => line.endsWith("{"));
  return body.slice(0, end + 1).map((line) => line.replace(/ \{$/, ";"));
}

/** Members that are not private, without their bodies. */
function classOutline(body: readonly string[]): string[] {
  const outline = [body[0] ?? ""];
  for (let index = 1; index < body.length; index++) {
    const line = body[index] ?? "";
    if (!/^ {2}[a-z[]/.test(line) || /^ {2}([a-z]+ )*(\*?#|private)/.test(line)) continue;
    const comment = body.slice(0, index).findLastIndex((other) => !/^ {2}( \*|\/\*\*)/.test(other));
    const opens =
      line.endsWith("{") || line.endsWith(";")
        ? index
        : body.findIndex((other, place) => place > index && /[{;]$/.test(other) && /^ {2}\S/.test(other));
    outline.push(
      ...body.slice(comment + 1, index),
      ...body.slice(index, opens + 1).map((part) => part.replace(/ \{$/, ";").replace(/^([^(]*) = [^;]+;$/, "$1;")),
    );
    index = opens;
  }
  return [...outline, "}"];
}

if (import.meta.main) writeFileSync(page, apiReference());
