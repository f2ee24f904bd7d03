import type { FastifyReply } from "fastify";
import type { Asked } from "./route.ts";

/** A stream of server-sent events to one page, for as long as whoever is before it may see them. */
export class EventStream {
  readonly #reply: FastifyReply;
  readonly #ping: NodeJS.Timeout;
  #ended = false;

  constructor({ request, reply, mayStill }: Pick<Asked, "request" | "reply" | "mayStill">, whenOver: () => void) {
    this.#reply = reply;
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      // nginx and the like would gather them.
      "x-accel-buffering": "no",
    });
    reply.raw.write(": here\n\n");
    // What is between drops connections that are silent.
    this.#ping = setInterval(() => (mayStill() ? reply.raw.write(": ping\n\n") : this.end()), 15_000).unref();
    request.raw.once("close", () => {
      this.#over();
      whenOver();
    });
  }

  send(event: string, data: unknown, id?: string | number): void {
    if (this.#ended) return;
    const lines = [`event: ${event}`, ...(id === undefined ? [] : [`id: ${id}`]), `data: ${JSON.stringify(data)}`];
    this.#reply.raw.write(`${lines.join("\n")}\n\n`);
  }

  /** Whoever reads is slower than what is told: what is sent now is kept in memory. */
  get isFull(): boolean {
    return !this.#ended && this.#reply.raw.writableNeedDrain;
  }

  /** Each time that it is not full any more. */
  onFree(go: () => void): void {
    this.#reply.raw.on("drain", () => this.#ended || go());
  }

  end(): void {
    if (this.#ended) return;
    this.#over();
    this.#reply.raw.end();
  }

  #over(): void {
    this.#ended = true;
    clearInterval(this.#ping);
  }
}
