// A service as n8n is one: it takes connections before it can serve, writes down what it acknowledges, lets what it works
// on end when it is told to stop. Answers take a while.

import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";

const { PORT, VERSION, BOOT } = process.env;
const readyAt = Date.now() + Number(BOOT);

const server = createServer(async (request, response) => {
  const chunks = await request.toArray();
  if (Date.now() < readyAt) return response.writeHead(503).end("starting");
  if (request.url === "/slow") await new Promise((resolve) => setTimeout(resolve, 2_000));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const body = Buffer.concat(chunks).toString();
  if (body) appendFileSync("/data/written", `${body}\n`);
  response.end(VERSION);
});
server.on("upgrade", ({ headers }, socket) => {
  // RFC 6455, 4.2.2; the edge wants it.
  const accepted = createHash("sha1").update(`${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const lines = ["HTTP/1.1 101 Switching Protocols", "connection: upgrade", "upgrade: websocket"];
  socket.write([...lines, `sec-websocket-accept: ${accepted.digest("base64")}`, "\r\n"].join("\r\n"));
  process.once("SIGTERM", () => socket.destroy());
});
server.listen(Number(PORT));
process.once("SIGTERM", () => server.close(() => process.exit(0)));
