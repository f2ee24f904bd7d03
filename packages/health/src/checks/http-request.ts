import { type IncomingMessage, request as inClear } from "node:http";
import { request as overTls } from "node:https";
import { UserError } from "@understudy/core";
import { networkFault } from "./network-fault.ts";

export interface HttpRequest {
  readonly url: URL;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly followRedirects?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most the first MiB. */
  readonly text: string;
  /** Whether there was more. */
  readonly cut: boolean;
  /** Until the headers had come, ms. */
  readonly latency: number;
}

/** Bytes of a body that are read, at most. */
const largestBody = 1_048_576;
const redirects: readonly number[] = [301, 302, 303, 307, 308];
const mostRedirects = 5;
const tooManyRedirects = `redirects in a circle, or more than ${mostRedirects} times`;

/** Ask once; `signal` is the deadline for everything up to the end of the body. @throws UserError saying how far it came. */
export async function httpRequest(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const began = performance.now();
  let { url } = request;
  let reached = `${hostOf(url)} does not answer`;
  try {
    for (let hops = 0; ; hops++) {
      const answer = await send({ ...request, url, ...(hops ? { body: undefined, method: "GET" } : {}) }, signal);
      const status = answer.statusCode ?? 0;
      const next = request.followRedirects ? redirectOf(answer, url) : undefined;
      if (!next) {
        const latency = Math.round(performance.now() - began);
        reached = `status ${status}, but the body does not end`;
        return { status, headers: answer.headers, latency, ...(await readBody(answer)) };
      }
      answer.destroy();
      if (hops === mostRedirects) throw new UserError(`${hostOf(request.url)} ${tooManyRedirects}`);
      url = next;
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (signal.aborted) {
      throw new UserError(`${reached} within ${Math.round((performance.now() - began) / 100) / 10} s`);
    }
    throw new UserError(faultOf(error, hostOf(url)), { cause: error });
  }
}

/** On a connection of its own: one that is kept open tells nothing of who would be let in now. */
async function send(
  { url, method = "GET", headers, body }: HttpRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = url.protocol === "https:" ? overTls : inClear;
  const options = { method, headers: { "user-agent": "understudy", ...headers }, agent: false, signal };
  request(url, options, resolve).once("error", reject).end(body);
  return await promise;
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage, from: URL): URL | undefined {
  if (!redirects.includes(statusCode) || !headers.location || !URL.canParse(headers.location, from.href))
    return undefined;
  return new URL(headers.location, from);
}

async function readBody(body: IncomingMessage): Promise<{ text: string; cut: boolean }> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    parts.push(part);
    size += part.length;
    if (size > largestBody) break;
  }
  return { text: Buffer.concat(parts).subarray(0, largestBody).toString("utf8"), cut: size > largestBody };
}

function hostOf(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === "https:" ? 443 : 80)}`;
}

function faultOf(error: unknown, where: string): string {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code === "HPE_HEADER_OVERFLOW") return `${where} answers with headers that are too long`;
  return code.startsWith("HPE_") ? `${where} answers, but not in HTTP` : networkFault(error, where);
}
