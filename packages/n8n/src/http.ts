import { messageOf, UserError } from "@understudy/core";

export interface Request {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly key: string;
}

/** n8n does not answer: it may, a moment later. */
export class NoAnswer extends UserError {}

/** ms that n8n may take for one answer. */
const patience = 30_000;

/** Bytes; executions carry the data of every node. */
const largestAnswer = 64 * 1024 * 1024;

/**
 * Ask n8n's public API. `path` begins below `/api/v1`.
 * @returns the status, and what the body says as JSON.
 * @throws UserError when there is no answer, or one that is not JSON.
 */
export async function ask(base: URL, path: string, request: Request): Promise<{ status: number; body: unknown }> {
  const { method = "GET", query = {}, body, key } = request;
  const url = new URL(`/api/v1${path}`, base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const what = `${method} ${url.pathname}`;
  const answer = await fetch(url, {
    method,
    headers: {
      "x-n8n-api-key": key,
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(patience),
  }).catch((error) => {
    throw noAnswer(what, error);
  });
  const text = await readText(answer, what);
  return { status: answer.status, body: parse(text, what, answer.status) };
}

async function readText(answer: Response, what: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of answer.body ?? []) {
      parts.push(part);
      size += part.length;
      if (size > largestAnswer) break;
    }
  } catch (error) {
    throw noAnswer(what, error);
  }
  if (size > largestAnswer) throw new UserError(`n8n answered more than ${largestAnswer >> 20} MiB to ${what}`);
  return Buffer.concat(parts).toString("utf8");
}

function parse(text: string, what: string, status: number): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    const words = text.slice(0, 2_000).replaceAll(/<[^>]*>|\s+/g, " ");
    const beginning = words.trim().replaceAll(/ +/g, " ").slice(0, 120);
    throw new UserError(`n8n answered ${status} to ${what}, and not in JSON: ${beginning}`, {
      next: "See pnpm logs n8n",
      cause: error,
    });
  }
}

function noAnswer(what: string, error: unknown): NoAnswer {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  const late = (error as Error).name === "TimeoutError";
  const why = late ? `nothing for ${patience / 1_000} s` : (cause?.code ?? cause?.message ?? messageOf(error));
  return new NoAnswer(`n8n does not answer ${what} (${why})`, {
    next: "See pnpm status and pnpm logs n8n",
    cause: error,
  });
}
