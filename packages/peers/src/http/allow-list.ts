import { BlockList, isIP } from "node:net";
import { AgentError } from "../agent-error.ts";

/** Which addresses may speak to the agent. @param ranges addresses, or networks as `192.168.0.0/24` */
export function allowList(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    // A v4 address that came over a socket for both.
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 6 ? "ipv6" : "ipv4");
  };
}

export function notAllowed(address: string): AgentError {
  const next = "peers.allowFrom of understudy.yml names who may";
  return new AgentError(403, "address", `${address} is not on the allow-list`, next);
}
