/**
 * A resolver that nobody is at, for a container that is to reach nobody outside: names inside its networks are the engine's
 * own to answer. An engine before 26 may ask for the others from the host, past internal networks (CVE-2024-29018), or
 * lets the container wait 20 s for each.
 */
export const innerResolver = { servers: ["127.0.0.1"], options: ["timeout:2", "attempts:2"] };
