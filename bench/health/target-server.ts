import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Seen } from "./target.ts";

// Answers /check/<id> with small JSON after 0 to 5 ms, and remembers when each check asked. A process of its own, so that
// nothing else keeps it from noticing a request; any message is answered with what it has seen.
const arrivals: Record<string, number[]> = {};

const server = createServer((request, response) => {
  const now = performance.now();
  const id = /^\/check\/(\d+)$/.exec(request.url ?? "")?.[1];
  if (!id) return void response.writeHead(404).end();
  arrivals[id] ??= [];
  arrivals[id].push(now);
  setTimeout(() => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ id, status: "up" }));
  }, Math.random() * 5);
});

server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("message", () => process.send?.({ now: performance.now(), arrivals } satisfies Seen));
process.on("disconnect", () => process.exit());
