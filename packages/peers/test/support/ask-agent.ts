import type { TestServer } from "./two-servers.ts";

export const headers = { authorization: "Bearer admin-token-of-the-tests", "content-type": "application/json" };

/** Ask an agent's admin API, as an operator. */
// biome-ignore lint/suspicious/noExplicitAny: what each route answers is told by its own test
export async function askAgent(server: TestServer, path: string, body?: object): Promise<any> {
  const init = body ? { method: "POST", body: JSON.stringify(body) } : {};
  const response = await fetch(`${server.url}/api/admin/sync/${path}`, { headers, ...init });
  return await response.json();
}

/** Let an agent drive a full sync with another server. @returns its session's id */
export async function startByAgent(
  server: TestServer,
  name: string,
  action: "pull" | "push",
  options: object = {},
): Promise<string> {
  const { peers } = await askAgent(server, "peers");
  const targetPeer = peers.find((one: { name: string }) => one.name === name);
  const asked = { action, targetPeer, options: { compressionEnabled: false, ...options } };
  const answer = await askAgent(server, "full-sync", asked);
  if (answer.message !== "Full sync started") throw new Error(JSON.stringify(answer));
  return answer.sessionId;
}
