import { type Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { agentFor, messageOf, UserError } from "@understudy/core";
import { z } from "zod";
import { AgentError, mayPass } from "../agent-error.ts";
import { assertAgree, type Greeting } from "../plan/agree.ts";
import { withRetries } from "../transfer/retry.ts";

export const greetingSchema = z.object({
  product: z.string(),
  protocol: z.number(),
  kind: z.enum(["production", "staging"]),
  nodeId: z.string(),
  name: z.string(),
  databaseId: z.string().nullable(),
});

export interface ClientOptions {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly fingerprint: string | null;
  /** Who asks. */
  readonly self: Greeting;
  /** How long a network that is gone is tried, ms. */
  readonly patience: number;
  readonly onFailure?: (message: string) => void;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** ms without a byte. */
  readonly idle?: number;
  /** How long it is tried, ms, when not as patiently as all else. */
  readonly patience?: number;
}

export interface StreamOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable | string;
  readonly signal?: AbortSignal | undefined;
  readonly idle?: number;
}

const failureSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), next: z.string().nullish() }),
});

/** Another server's agent, over HTTP. */
export class PeerClient {
  readonly name: string;
  readonly #options: ClientOptions;
  readonly #agent: HttpAgent;

  constructor(options: ClientOptions) {
    this.name = options.name;
    this.#options = options;
    this.#agent = agentFor(new URL(options.url), options.fingerprint);
  }

  /** Who is there. @throws UserError when these two must not sync */
  async greet(options: CallOptions = {}): Promise<Greeting> {
    const greeting = await this.call("GET", "/api/sync/peer", greetingSchema, options);
    assertAgree(this.#options.self, greeting);
    return greeting;
  }

  /** Ask, as often as it takes. @throws AgentError with what the other side said */
  async call<T>(method: "GET" | "POST", path: string, schema: z.ZodType<T>, options: CallOptions = {}): Promise<T> {
    const { body, signal, idle } = options;
    const once = async () => {
      const sent =
        body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
      const response = await this.open(method, path, { ...sent, signal, ...(idle ? { idle } : {}) });
      const said = await text(response).catch((error) => {
        throw this.#unreachable(error);
      });
      return this.#read(path, schema, said);
    };
    return await withRetries(once, {
      patience: options.patience ?? this.#options.patience,
      mayPass,
      signal,
      onFailure: (error, failures) => {
        if (failures === 1) this.#options.onFailure?.(messageOf(error));
      },
    });
  }

  /** Ask once, with streams. @throws AgentError for whatever is no success */
  async open(method: "GET" | "POST", path: string, options: StreamOptions = {}): Promise<IncomingMessage> {
    const { headers = {}, body, signal, idle = 30_000 } = options;
    const url = new URL(path, this.#options.url);
    const { token, self } = this.#options;
    const outgoing = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
      method,
      agent: this.#agent,
      timeout: idle,
      ...(signal ? { signal } : {}),
      headers: {
        ...headers,
        authorization: `Bearer ${token}`,
        "x-understudy-protocol": String(self.protocol),
        "x-understudy-kind": self.kind,
        ...(typeof body === "string" ? { "content-length": Buffer.byteLength(body) } : {}),
      },
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${idle / 1_000} s`)));
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.once("response", resolve);
      outgoing.once("error", reject);
    });
    // Who refuses need not read all that is sent: its answer counts.
    const sent = body && typeof body !== "string" ? pipeline(body, outgoing) : Promise.resolve(void outgoing.end(body));
    sent.catch((error) => outgoing.destroy(error));
    let response: IncomingMessage;
    try {
      response = await answered;
    } catch (error) {
      signal?.throwIfAborted();
      throw error instanceof UserError ? error : this.#unreachable(error);
    }
    if ((response.statusCode ?? 500) < 300) return response;
    throw this.#refusal(response, await text(response).catch(() => ""));
  }

  close(): void {
    this.#agent.destroy();
  }

  #read<T>(path: string, schema: z.ZodType<T>, said: string): T {
    const parsed = schema.safeParse(parse(said));
    if (parsed.success) return parsed.data;
    throw new UserError(`${this.name} answers ${path} with something else than an agent does`, {
      next: "Run the same version of Understudy on both, and check the address",
    });
  }

  #unreachable(error: unknown): AgentError {
    const { host } = new URL(this.#options.url);
    const why = messageOf((error as Error).cause ?? error);
    return new AgentError(
      0,
      "unreachable",
      `${this.name} (${host}) cannot be reached: ${why}`,
      "Check the network, and that pnpm peers:serve runs there",
      { cause: error },
    );
  }

  #refusal({ statusCode = 500, headers }: IncomingMessage, said: string): AgentError {
    const parsed = failureSchema.safeParse(parse(said));
    const retryAfter = Number(headers["retry-after"]);
    const more = retryAfter > 0 ? { retryAfter } : {};
    if (!parsed.success) {
      return new AgentError(statusCode, "refused", `${this.name} answers ${statusCode}`, "See its log", more);
    }
    const { code, message, next } = parsed.data.error;
    return new AgentError(statusCode, code, `${this.name}: ${message}`, next ?? undefined, more);
  }
}

function parse(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
