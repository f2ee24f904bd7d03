import type { IncomingMessage, ServerResponse } from "node:http";
import { type Duplex, Readable } from "node:stream";
import { json as readJson } from "node:stream/consumers";
import { messageOf } from "../../errors.ts";
import { type Machine, MachineAway } from "./machine.ts";

/** A request to the fleet, and what answers it. */
export interface Exchange {
  readonly asked: IncomingMessage;
  readonly answer: ServerResponse;
  readonly method: string;
  /** With the version before it, as it was asked. */
  readonly url: string;
  /** Without version and query. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Take a request's address apart. */
export function exchangeOf(asked: IncomingMessage, answer: ServerResponse): Exchange {
  return { asked, answer, ...addressOf(asked) };
}

export function addressOf({ method = "GET", url = "/" }: Pick<IncomingMessage, "method" | "url">) {
  const { pathname, searchParams } = new URL(url, "http://fleet");
  return { method, url, path: pathname.replace(/^\/v[\d.]+(?=\/)/, ""), query: searchParams };
}

export function say({ answer }: Pick<Exchange, "answer">, status: number, body?: unknown): void {
  if (body === undefined) answer.writeHead(status).end();
  else answer.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** What a request carries; undefined when it carries nothing. */
export async function bodyOf<T>({ asked }: Pick<Exchange, "asked">): Promise<T | undefined> {
  const { "content-length": length, "transfer-encoding": encoding } = asked.headers;
  if (!encoding && !Number(length ?? 0)) return undefined;
  return (await readJson(asked)) as T;
}

/** Hand a request on to a machine as it is, or with another address or body, and its answer back. */
export async function handOn(
  exchange: Exchange,
  machine: Machine,
  changed: { url?: string; body?: unknown } = {},
): Promise<IncomingMessage> {
  const { asked, answer, method, url } = exchange;
  const text = changed.body === undefined ? undefined : JSON.stringify(changed.body);
  const { host: _, connection: __, ...headers } = asked.headers;
  const length = text === undefined ? {} : { "content-length": Buffer.byteLength(text) };
  if (text !== undefined) delete headers["transfer-encoding"];
  const reply = await machine.send(
    { method, path: changed.url ?? url, headers: { ...headers, ...length } },
    text === undefined ? asked : streamOf(text),
  );
  answer.once("close", () => reply.destroy());
  answer.writeHead(reply.statusCode ?? 502, withoutHop(reply.headers));
  answer.flushHeaders();
  reply.pipe(answer);
  return reply;
}

/** Hand on a request for a connection that is both ways: what is attached to, what is run in a container. */
export async function handOnUpgrade(asked: IncomingMessage, near: Duplex, head: Buffer, machine: Machine, url: string) {
  const far = await machine.dial();
  const lines = [`${asked.method} ${url} HTTP/1.1`];
  for (let at = 0; at < asked.rawHeaders.length; at += 2) {
    lines.push(`${asked.rawHeaders[at]}: ${asked.rawHeaders[at + 1]}`);
  }
  far.write(`${lines.join("\r\n")}\r\n\r\n`);
  if (head.length) far.write(head);
  join(near, far);
}

/** Carry bytes both ways, each until its end: what was said before a side closed still arrives. */
function join(near: Duplex, far: Duplex): void {
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    from.on("error", () => to.destroy());
    from.pipe(to);
    from.once("close", () => {
      if (!from.readableEnded) return to.destroy();
      // Nobody reads any more what comes from the other side; what went there is still to arrive.
      to.unpipe(from).resume();
      if (to.writableFinished) to.destroy();
      else to.once("finish", () => to.destroy());
    });
  }
}

/** An engine's answer line by line as it comes, without empty ones. @throws when its connection breaks; readline would wait for ever */
export async function* linesOf(reply: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of reply.setEncoding("utf8")) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim()) yield line;
  }
  if (rest.trim()) yield rest;
}

/** A failure as the engine would say it, so that every client understands it. */
export function sayFailure({ answer }: Pick<Exchange, "answer">, error: unknown): void {
  if (answer.headersSent) return void answer.destroy();
  const status = (error as { statusCode?: number }).statusCode ?? (error instanceof MachineAway ? 503 : 500);
  say({ answer }, status, { message: messageOf(error) });
}

function streamOf(text: string): NodeJS.ReadableStream {
  return Readable.from([text]);
}

function withoutHop({ connection: _, "transfer-encoding": __, ...headers }: IncomingMessage["headers"]) {
  return headers;
}
