// What is asked through the edge: waits for something else, or computes. Like most services it takes few requests at once.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const atOnce = 4;
const waiting = [];
let busy = 0;

createServer(async ({ url }, response) => {
  if (busy === atOnce) await new Promise((go) => waiting.push(go));
  else busy++;
  if (url === "/waits") await sleep(50);
  if (url === "/computes") compute();
  response.end(`${process.env.VERSION} ${hostname()}`);
  const next = waiting.shift();
  if (next) next();
  else busy--;
}).listen(8080);
process.once("SIGTERM", () => process.exit());

/** About 5 ms of a core. */
function compute() {
  let digest = "";
  for (let round = 0; round < 2_000; round++) digest = createHash("sha256").update(digest).digest("hex");
}
