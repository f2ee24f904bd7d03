import { request } from "node:http";
import type { Duplex } from "node:stream";

export interface HttpAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface HttpOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** ms. */
  readonly timeout?: number;
}

/** Something that asks for us from where it is. */
export interface HttpDoor {
  http(url: URL, options?: HttpOptions): Promise<HttpAnswer>;
}

/** One HTTP request over a connection that there is. Of the answer at most 1 MiB is kept. */
export function httpOver(socket: Duplex, url: URL, options: HttpOptions): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method: options.method ?? "GET",
      headers: { connection: "close", ...options.headers },
      createConnection: () => socket,
      signal: AbortSignal.timeout(options.timeout ?? 30_000),
    });
    call.once("error", reject);
    call.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        if (body.length < 1_048_576) body += chunk;
      });
      response.once("error", reject);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    call.end(options.body);
  });
}
