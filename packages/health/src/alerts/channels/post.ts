import { messageOf } from "@understudy/core";
import { oneLine } from "../words.ts";
import { DeliveryError, type SendContext } from "./channel.ts";

const answerLimit = 300;

/**
 * Post JSON to an address. Any 2xx is a delivery; redirects are not followed, because they could carry the alert to another
 * host. Of an answer that refuses, only the beginning is read.
 * @throws DeliveryError with host, status and that beginning
 */
export async function postJson(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  { key, now, signal }: SendContext,
): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    headers: mergeHeaders(headers, key),
    body: JSON.stringify(body),
    redirect: "manual",
    signal,
  }).catch((error) => {
    throw new DeliveryError(`${url.host}: ${reasonOf(error, signal)}`, { cause: error });
  });
  if (answer.ok) return answer.body?.cancel();
  const said = await beginningOf(answer.body);
  throw new DeliveryError(`${url.host} answered ${answer.status}${redirectOf(answer, url)}${said && `: ${said}`}`, {
    retryAfter: retryAfterOf(answer, now),
    refused: [400, 413, 422].includes(answer.status),
  });
}

function mergeHeaders(own: Readonly<Record<string, string>>, key: string): Headers {
  const headers = new Headers({ "content-type": "application/json", "user-agent": "understudy" });
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  headers.set("idempotency-key", encodeURI(key.toWellFormed()));
  return headers;
}

/** fetch says "fetch failed", and keeps the reason in its cause; of several addresses, one for each. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return messageOf(signal.reason);
  const { cause } = error as Error;
  const [reason] = cause instanceof AggregateError ? cause.errors : [cause ?? error];
  return messageOf(reason);
}

async function beginningOf(body: Response["body"]): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body ?? []) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= 4 * answerLimit) break;
    }
  } catch {
    // The status is what counts; a body that breaks off has said enough.
  }
  return oneLine(Buffer.concat(chunks).toString(), answerLimit);
}

function redirectOf({ status, headers }: Response, url: URL): string {
  const location = headers.get("location");
  if (status < 300 || status > 399 || !location || !URL.canParse(location, url.href)) return "";
  return ` (to ${new URL(location, url).origin}; redirects are not followed, set the address itself)`;
}

/** Seconds, or a date. */
function retryAfterOf({ status, headers }: Response, now: number): number | undefined {
  const said = headers.get("retry-after");
  if (!said || (status !== 429 && status !== 503)) return undefined;
  const ms = /^\d+$/.test(said) ? Number(said) * 1_000 : Date.parse(said) - now;
  return ms > 0 ? ms : undefined;
}
