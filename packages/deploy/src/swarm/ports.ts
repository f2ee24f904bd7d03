/** Between all machines of a swarm. */
export const portsWords = "TCP 2377, TCP and UDP 7946 and UDP 4789";
/** What managers listen on. */
export const swarmPort = 2377;
/** What nodes tell each other on who is there. */
export const gossipPort = 7946;

/** On every address: others may reach it by one that it does not know of. */
export function listenOn(address: string | undefined): string {
  return address?.includes(":") ? `[::]:${swarmPort}` : `0.0.0.0:${swarmPort}`;
}
