import type { Content } from "../content/content.ts";
import { linksOf } from "../diff/links.ts";

/** Characters that n8n's tables have room for. */
const longestName = 128;

/** What of a workflow that can be read is not as n8n needs it. Pure. */
export function structureProblems({ name, nodes, connections }: Content): string[] {
  const titles = nodes.map((node) => node.name);
  const known = new Set(titles);
  const links = linksOf(connections);
  return [
    ...(name.trim() === "" ? ["it has no name"] : []),
    ...([...name].length > longestName ? [`its name has more than ${longestName} characters`] : []),
    ...[...new Set(titles.filter((title, index) => titles.indexOf(title) !== index))].map(twice),
    ...links
      .filter(({ from }) => !known.has(from))
      .map(({ from }) => `a connection begins at "${from}", which is no node`),
    ...links.filter(({ to }) => !known.has(to)).map(({ to }) => `a connection ends at "${to}", which is no node`),
  ];
}

/** Ids that n8n mends when it publishes a workflow, which then runs something else than its file says. Pure. */
export function idProblems({ nodes }: Content): string[] {
  const ids = nodes.map(({ id }) => id);
  return nodes.flatMap(({ id, name }, index) => {
    if (!id) return [`node "${name}" has no id`];
    return ids.indexOf(id) < index ? [`node "${name}" has the id of another one`] : [];
  });
}

function twice(name: string): string {
  return `more than one node is called "${name}"`;
}
