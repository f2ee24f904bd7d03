import { isIP } from "node:net";

/** Whether a host or an address is this machine itself, so that nobody can read on the way what is sent to it. */
export function isThisMachine(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, "").replace(/^::ffff:(?=\d+\.)/i, "");
  return address === "localhost" || address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}
