import { UserError } from "@understudy/core";

/** First line of every migration. A change of what the lines below mean is another number. */
export const formatLine = "-- Understudy workflow migration, format 1";

/** Lines `-- Name: value`, in this order; those without a value are left out. */
export type Header = Readonly<Partial<Record<Field, string>>>;

const fields = [
  "Migration",
  "Source",
  "Environment",
  "Workflow",
  "Workflow id",
  "Last Updated",
  "n8n",
  "Based on",
  "Content",
  "Publish",
  "Archived",
  "Project",
  "Folder",
  "Tags",
  "Credentials",
  "Calls",
  "Data",
  "Notes",
] as const;
type Field = (typeof fields)[number];

/** The header of a migration, ending with a line break. */
export function renderHeader(header: Header): string {
  const lines = fields.flatMap((field) => (header[field] === undefined ? [] : [`-- ${field}: ${header[field]}`]));
  return [formatLine, ...lines, ""].join("\n");
}

/** @throws UserError for a file of another format, or none. */
export function parseHeader(text: string, name: string): Header {
  const [first = "", ...lines] = text.split("\n", fields.length + 2);
  if (first.trimEnd() !== formatLine) throw unknownFormat(first, name);
  const known = new Set<string>(fields);
  // Below its end, a text within a statement may look like one of its lines.
  const end = lines.findIndex((line) => !line.startsWith("-- "));
  const values = lines.slice(0, end).flatMap((line) => {
    const { field = "", value = "" } = /^-- (?<field>[A-Za-z0-9 ]+): (?<value>.*)$/s.exec(line)?.groups ?? {};
    return known.has(field) ? [[field, value] as const] : [];
  });
  return Object.fromEntries(values);
}

/** Text on one line: as it is where nobody can mistake it, else as JSON. */
export function oneLine(text: string): string {
  const isPlain = /^[^\s"\p{C}]([^\p{C}\p{Zl}\p{Zp}]*[^\s\p{C}])?$/u.test(text) && text.isWellFormed();
  return isPlain ? text : jsonLine(text);
}

/** JSON of a text without anything that a reader may take for the end of a line. */
export function jsonLine(text: string): string {
  return JSON.stringify(text).replaceAll(/[\u007f-\u009f\u2028\u2029]/g, escaped);
}

/** What `oneLine` wrote. */
export function fromOneLine(line: string): string {
  return line.startsWith('"') ? String(JSON.parse(line)) : line;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function unknownFormat(first: string, name: string): UserError {
  const other = /^-- Understudy workflow migration, format (\d+)\s*$/.exec(first)?.[1];
  if (other) {
    return new UserError(`${name} has format ${other}, which this Understudy does not know`, {
      next: "Update Understudy to the release that wrote it",
    });
  }
  return new UserError(`${name} is no workflow migration: its first line is not "${formatLine}"`, {
    next: "Migrations are made by pnpm n8n:create-migration; move other files out of workflows/migrations",
  });
}
