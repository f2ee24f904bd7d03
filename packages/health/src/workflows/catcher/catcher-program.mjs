// @ts-check
// Runs inside the stack, by the node of n8n's own image. It takes the calls that a workflow makes, and calls workflows, so
// that every time is the host's. Commands come as JSON lines on standard input, news goes as JSON lines to standard output.
import { createServer } from "node:http";
import { createInterface } from "node:readline";

const port = 8000;
const largestBody = 1024 * 1024;
/** ms without a word from our owner, who says something every ten seconds. */
const silence = 60_000;

/** @type {Map<string, { url?: string, method?: string, status: number, headers: Record<string, string>, body: unknown }[]>} */
const answers = new Map();

/** @param {unknown} news */
const tell = (news) => process.stdout.write(`${JSON.stringify(news)}\n`);

/** @param {AsyncIterable<Uint8Array>} body */
async function read(body) {
  const parts = [];
  let size = 0;
  for await (const part of body) {
    if (size < largestBody) parts.push(part);
    size += part.length;
  }
  return Buffer.concat(parts).subarray(0, largestBody).toString("utf8");
}

// The path is /<test>/…: what follows is a path of ours, or the whole address that the workflow meant.
const server = createServer(async (request, response) => {
  const at = Date.now();
  try {
    const body = await read(request);
    const [, test = "", rest = ""] = /^\/([^/?]*)\/?(.*)$/s.exec(request.url ?? "") ?? [];
    const url = /^https?:\/\//.test(rest) ? rest : `http://${request.headers.host}/${test}/${rest}`;
    const { method = "GET", headers } = request;
    const fits = answers
      .get(test)
      ?.find((one) => url.startsWith(one.url ?? "") && [undefined, method].includes(one.method));
    tell({ request: { at, test, method, url, headers, body } });
    const answer = fits ?? { status: 200, headers: {}, body: {} };
    const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(text);
  } catch {
    response.destroy();
  }
});

/** @param {{ id: number, url: string, method: string, headers: Record<string, string>, body?: string, timeout: number }} call */
async function call({ id, url, method, headers, body, timeout }) {
  const at = Date.now();
  const began = performance.now();
  try {
    const signal = AbortSignal.timeout(timeout);
    const answer = await fetch(url, { method, headers, body, signal, redirect: "manual" });
    const latency = Math.round(performance.now() - began);
    const text = answer.body ? await read(answer.body) : "";
    tell({ answer: { id, at, latency, status: answer.status, headers: Object.fromEntries(answer.headers), text } });
  } catch (error) {
    const why =
      error.name === "TimeoutError" ? `no answer within ${timeout / 1_000} s` : (error.cause?.code ?? error.message);
    tell({ answer: { id, at, error: why } });
  }
}

const end = () => process.exit();
let alive = setTimeout(end, silence);

createInterface({ input: process.stdin })
  .on("line", (line) => {
    clearTimeout(alive);
    alive = setTimeout(end, silence);
    if (!line) return;
    const command = JSON.parse(line);
    if (command.call) void call(command.call);
    if (command.answers) answers.set(command.answers.test, command.answers.list);
  })
  .on("close", end);

server.listen(port, () => tell({ ready: true }));
