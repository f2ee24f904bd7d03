/**
 * Where a swarm may take the addresses of its own networks from, when its default, 10.0.0.0/8, holds addresses of the
 * machines: a /16 that has none of them. Undefined: the default does.
 * @param addresses every address that a machine has
 */
export function addressPool(addresses: readonly string[]): string | undefined {
  const used = new Set(addresses.filter((one) => one.startsWith("10.")).map((one) => one.split(".")[1]));
  if (used.size === 0) return undefined;
  // From the top: people number their networks from the bottom.
  for (let second = 254; second >= 0; second--) if (!used.has(String(second))) return `10.${second}.0.0/16`;
  return "172.30.0.0/16";
}
