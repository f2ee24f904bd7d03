import type { Node } from "@understudy/n8n";

/** A credential as it goes by between environments. */
export interface CredentialRef {
  /** n8n's name of it, e.g. `postgres`. */
  readonly type: string;
  readonly name: string;
}

/** Names of an environment's credentials by their ids. */
export type CredentialNames = ReadonlyMap<string, string>;

/** Nodes whose credentials are named, and have no id. A credential that is gone keeps the name that its node knew. */
export function withoutCredentialIds(nodes: readonly Node[], names: CredentialNames): Node[] {
  return mapCredentials(nodes, (_type, { id, name, ...rest }) => ({
    ...rest,
    name: names.get(String(id)) ?? String(name ?? ""),
  }));
}

/** Nodes with the ids of the environment that they go to. @param idOf undefined where it has none */
export function withCredentialIds(
  nodes: readonly Node[],
  idOf: (credential: CredentialRef) => string | undefined,
): Node[] {
  return mapCredentials(nodes, (type, { name, ...rest }) => {
    const id = idOf({ type, name: String(name) });
    return { ...(id === undefined ? {} : { id }), name, ...rest };
  });
}

/** Every credential that nodes name, once, in the order of type and name. */
export function credentialsOf(nodes: readonly Node[]): CredentialRef[] {
  const found = new Map<string, CredentialRef>();
  for (const { credentials = {} } of nodes) {
    for (const [type, reference] of Object.entries(credentials)) {
      const { name } = fieldsOf(reference);
      if (name) found.set(credentialKey({ type, name: String(name) }), { type, name: String(name) });
    }
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, credential]) => credential);
}

/** One key for one credential. */
export function credentialKey({ type, name }: CredentialRef): string {
  return JSON.stringify([type, name]);
}

type Fields = Readonly<Record<string, unknown>>;

function mapCredentials(nodes: readonly Node[], change: (type: string, reference: Fields) => Fields): Node[] {
  return nodes.map((node) => {
    if (!node.credentials) return node;
    const changed = Object.entries(node.credentials).map(([type, reference]) => [
      type,
      change(type, fieldsOf(reference)),
    ]);
    return { ...node, credentials: Object.fromEntries(changed) };
  });
}

/** n8n once wrote the name alone. */
function fieldsOf(reference: unknown): Fields {
  if (typeof reference === "string") return { name: reference };
  return (reference ?? {}) as Fields;
}
