import type { Node } from "@understudy/n8n";
import type { NodeChange, WorkflowDiff } from "./diff.ts";
import { isSame } from "./diff.ts";
import { linkInWords } from "./links.ts";
import type { Change } from "./values.ts";

/** A diff for a terminal: a line for each thing that differs. */
export function diffText(diff: WorkflowDiff): string {
  if (isSame(diff)) return "no difference";
  return [
    ...diff.fields.map((change) => `~ ${changeLine(change)}`),
    ...diff.added.map((node) => `+ ${nodeInWords(node)}`),
    ...diff.removed.map((node) => `- ${nodeInWords(node)}`),
    ...diff.changed.flatMap(({ name, type, changes }) => [
      `~ ${nodeInWords({ name, type })}`,
      ...changes.map((change) => `    ${changeLine(change)}`),
    ]),
    ...diff.connected.map((link) => `+ ${linkInWords(link)}`),
    ...diff.disconnected.map((link) => `- ${linkInWords(link)}`),
    ...(diff.moved.length ? [`  only moved: ${diff.moved.join(", ")}`] : []),
  ].join("\n");
}

/** A diff for a pull request. @param title what is compared */
export function diffMarkdown(title: string, diff: WorkflowDiff): string {
  const sections = isSame(diff)
    ? ["No difference."]
    : [
        list("Workflow", diff.fields.map(changeMarkdown)),
        list("Added nodes", diff.added.map(nodeMarkdown)),
        list("Removed nodes", diff.removed.map(nodeMarkdown)),
        ...diff.changed.map(changedMarkdown),
        list("New connections", diff.connected.map(linkInWords).map(code)),
        list("Removed connections", diff.disconnected.map(linkInWords).map(code)),
        list("Only moved", diff.moved.map(code)),
      ];
  return [`### ${escaped(title)}`, ...sections.filter((section) => section !== "")].join("\n\n");
}

function list(title: string, items: readonly string[]): string {
  return items.length ? [`**${title}**`, "", ...items.map((item) => `- ${item}`)].join("\n") : "";
}

function changedMarkdown({ name, type, changes }: NodeChange): string {
  return list(`Changed: ${escaped(name)} (${escaped(shortType(type))})`, changes.map(changeMarkdown));
}

function nodeMarkdown({ name, type }: Pick<Node, "name" | "type">): string {
  return `${code(name)} (${escaped(shortType(type))})`;
}

/** Long texts, such as code, by line. */
function changeMarkdown({ path, before, after }: Change): string {
  const [earlier, later] = [valueText(before), valueText(after)];
  if (!`${earlier}${later}`.includes("\n")) return `${code(path)}: ${shown(before, earlier)} → ${shown(after, later)}`;
  const lines = [...marked("-", before, earlier), ...marked("+", after, later)];
  const fence = "`".repeat(Math.max(3, ...[...lines.join("\n").matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return [`${code(path)}:`, "", `${fence}diff`, ...lines, fence].join("\n  ").replace(":\n  \n", ":\n\n");
}

function marked(sign: string, value: unknown, text: string): string[] {
  return value === undefined ? [] : text.split("\n").map((line) => `${sign} ${line}`);
}

function changeLine({ path, before, after }: Change): string {
  const [earlier, later] = [valueText(before), valueText(after)];
  if (before === undefined) return `${path}: ${brief(later)} (new)`;
  if (after === undefined) return `${path}: ${brief(earlier)} (gone)`;
  return `${path}: ${brief(earlier)} → ${brief(later)}`;
}

function nodeInWords({ name, type }: Pick<Node, "name" | "type">): string {
  return `${name} (${shortType(type)})`;
}

/** `n8n-nodes-base.webhook` → `webhook` */
function shortType(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}

function shown(value: unknown, text: string): string {
  return value === undefined ? "_none_" : code(text);
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined ? "" : JSON.stringify(value);
}

function brief(text: string): string {
  const line = JSON.stringify(text);
  return line.length > 120 ? `${line.slice(0, 117)}…"` : line;
}

/** Whatever it has in it, Markdown takes it for code. */
function code(text: string): string {
  const fence = "`".repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  const pad = /^`|`$|^$/.test(text) ? " " : "";
  return `${fence}${pad}${text.replaceAll(/[\r\n]+/g, " ")}${pad}${fence}`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\`*_{}[\]<>()#+!|~-]/g, "\\$&");
}
