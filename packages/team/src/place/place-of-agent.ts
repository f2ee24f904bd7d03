/** A folder on a server that is reached through its agent: `agent://192.168.0.114:8095/var/lib/team`. Undefined: it is another kind of place. Pure. */
export function placeOfAgent(place: string): { readonly host: string; readonly folder: string } | undefined {
  const [, host, folder] = /^(agent:\/\/[^/]+)(\/.+)$/.exec(place) ?? [];
  return host && folder ? { host, folder } : undefined;
}
