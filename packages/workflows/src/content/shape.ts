/** Why JSON is no workflow's, if it is not: what every n8n relies on before it looks at anything else. */
export function shapeProblem(nodes: unknown, connections: unknown): string | undefined {
  if (!Array.isArray(nodes)) return "its nodes are no list";
  const broken = nodes.findIndex((node) => !isNode(node));
  if (broken >= 0) return `its node ${broken + 1} has no name, type or parameters`;
  return isConnections(connections) ? undefined : "its connections are not as n8n writes them";
}

function isNode(node: unknown): boolean {
  if (!isObject(node)) return false;
  const { name, type, parameters, credentials } = node;
  const isNamed = typeof name === "string" && typeof type === "string";
  return isNamed && isObject(parameters) && (credentials === undefined || isObject(credentials));
}

/** By node, by kind, a list of outputs, each with a list of targets. */
function isConnections(connections: unknown): boolean {
  if (!isObject(connections)) return false;
  const outputs = Object.values(connections).flatMap((byType) => (isObject(byType) ? Object.values(byType) : [0]));
  const targets = outputs.flatMap((list) => (list == null ? [] : Array.isArray(list) ? list : [0]));
  return targets.every((list) => list == null || (Array.isArray(list) && list.every(isTarget)));
}

function isTarget(target: unknown): boolean {
  return isObject(target) && typeof target.node === "string";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
