import type { Content } from "../content/content.ts";
import { linksOf } from "../diff/links.ts";

/** Characters that n8n's tables have room for. */
const longestName = 128;

/** What of a workflow that can be read is not as n8n needs it. Pure. */
export function structureProblems({ name, nodes, connections }: Content): string[] {
  const titles = nodes.map((node) => node.name);
  const known = new Set(titles);
  const links = linksOf(connections);
  const ids = nodes.map((node) => node.id);
  return [
    ...(name.trim() === "" ? ["it has no name"] : []),
    ...([...name].length > longestName ? [`its name has more than ${longestName} characters`] : []),
    ...[...new Set(titles.filter((title, index) => titles.indexOf(title) !== index))].map(twice),
    // n8n would mend them when it publishes, and run something else than the file says.
    ...nodes.filter(({ id }) => !id).map(({ name }) => `node "${name}" has no id`),
    ...nodes
      .filter(({ id }, index) => id && ids.indexOf(id) !== index)
      .map(({ name }) => `node "${name}" has the id of another one`),
    ...links
      .filter(({ from }) => !known.has(from))
      .map(({ from }) => `a connection begins at "${from}", which is no node`),
    ...links.filter(({ to }) => !known.has(to)).map(({ to }) => `a connection ends at "${to}", which is no node`),
  ];
}

function twice(name: string): string {
  return `more than one node is called "${name}"`;
}
