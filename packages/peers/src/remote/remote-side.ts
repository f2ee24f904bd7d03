import { pipeline, type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "@understudy/core";
import { z } from "zod";
import { type TableDigest, tableDigestSchema } from "../plan/buckets.ts";
import { type Look, lookSchema } from "../plan/look.ts";
import type { Plan } from "../plan/plan.ts";
import {
  type BackupRequest,
  type OnProgress,
  type Page,
  type PageRequest,
  pageSchema,
  type RestoreRequest,
  type RestoreResult,
  restoreResultSchema,
  type Side,
} from "../side/side.ts";
import type { Bandwidth } from "../transfer/bandwidth.ts";
import { type Chunk, type Manifest, manifestSchema } from "../transfer/chunk.ts";
import { unzstd, zstd } from "../transfer/compression.ts";
import { type JobName, jobPaths, progressSchema } from "./jobs.ts";
import type { PeerClient } from "./peer-client.ts";

/** ms between two questions how far a job is. */
const every = 250;

/** A look at a large catalog, or a page of rows, may take longer than other answers. */
const slow = 300_000;

/** The other server's side, through its agent. */
export class RemoteSide implements Side {
  readonly name: string;
  readonly #client: PeerClient;
  readonly #bandwidth: Bandwidth;
  readonly #sessionId: string;
  readonly #nodes: { readonly ours: string; readonly theirs: string };

  constructor(
    client: PeerClient,
    {
      sessionId,
      nodes,
      bandwidth,
    }: { sessionId: string; nodes: { readonly ours: string; readonly theirs: string }; bandwidth: Bandwidth },
  ) {
    this.name = client.name;
    this.#client = client;
    this.#sessionId = sessionId;
    this.#nodes = nodes;
    this.#bandwidth = bandwidth;
  }

  look(signal: AbortSignal): Promise<Look> {
    return this.#client.call("GET", this.#path("look"), lookSchema, { signal, idle: slow });
  }

  digest(_: string, plan: Plan, signal: AbortSignal): Promise<TableDigest[]> {
    return this.#job("compare", { request: { plan } }, z.array(tableDigestSchema), () => {}, signal);
  }

  backup(_: string, request: BackupRequest, onProgress: OnProgress, signal: AbortSignal): Promise<Manifest> {
    return this.#job("backup", { request, sourceNodeId: this.#nodes.theirs }, manifestSchema, onProgress, signal);
  }

  async sequences(signal: AbortSignal): Promise<Manifest["sequences"]> {
    const schema = z.object({ sequences: manifestSchema.shape.sequences });
    return (await this.#client.call("GET", this.#path("sequences"), schema, { signal, idle: slow })).sequences;
  }

  async page(request: PageRequest, signal: AbortSignal): Promise<Page> {
    const body = { ...request, sessionId: this.#sessionId };
    const page = await this.#client.call("POST", "/api/sync/page", pageSchema, { body, signal, idle: slow });
    await sleep(this.#bandwidth.take(Buffer.byteLength(page.rows)), undefined, { signal });
    return page;
  }

  async read(_: string, { no }: Chunk, packed: boolean, signal: AbortSignal): Promise<Readable> {
    const headers: Record<string, string> = packed ? { "accept-encoding": "zstd" } : {};
    const response = await this.#client.open("GET", this.#path("chunk", `&no=${no}`), { headers, signal });
    const limited = pipeline(response, this.#bandwidth.limit(), () => {});
    if (response.headers["content-encoding"] !== "zstd") return limited;
    return pipeline(limited, unzstd(), () => {});
  }

  async received(_: string, signal: AbortSignal): Promise<number[]> {
    const schema = z.object({ received: z.array(z.number()) });
    return (await this.#client.call("GET", this.#path("chunks"), schema, { signal })).received;
  }

  async write(_: string, chunk: Chunk, bytes: Readable, packed: boolean, signal: AbortSignal): Promise<void> {
    const limit = this.#bandwidth.limit();
    const body = packed ? pipeline(bytes, zstd(), limit, () => {}) : pipeline(bytes, limit, () => {});
    const headers = {
      "content-type": "application/octet-stream",
      ...(packed ? { "content-encoding": "zstd" } : {}),
      "x-chunk": Buffer.from(JSON.stringify(chunk)).toString("base64url"),
    };
    const response = await this.#client.open("POST", this.#path("receive-backup"), { headers, body, signal });
    response.resume();
  }

  restore(_: string, request: RestoreRequest, onProgress: OnProgress, signal: AbortSignal): Promise<RestoreResult> {
    return this.#job("restore", { request, sourceNodeId: this.#nodes.ours }, restoreResultSchema, onProgress, signal);
  }

  /** Begin, ask after, fetch. An agent that was restarted in between has forgotten it: it is begun again. */
  async #job<T>(
    job: JobName,
    asked: object,
    schema: z.ZodType<T>,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<T> {
    const body = { sessionId: this.#sessionId, ...asked };
    for (;;) {
      await this.#client.call("POST", jobPaths[job], z.unknown(), { body, signal });
      for (;;) {
        const progress = await this.#client.call("GET", this.#path("backup-progress", `&job=${job}`), progressSchema, {
          signal,
        });
        const { state, phase, at, error } = progress;
        if (state === "none") break;
        if (state === "failed") {
          throw new UserError(`${this.name}: ${error?.message ?? "it failed"}`, { next: error?.next ?? "See its log" });
        }
        if (state === "done") {
          return await this.#client.call("GET", this.#path("result", `&job=${job}`), schema, { signal, idle: slow });
        }
        if (phase) onProgress({ phase, fraction: progress.progress / 100, at: at ?? undefined });
        await sleep(every, undefined, { signal });
      }
    }
  }

  #path(what: string, more = ""): string {
    return `/api/sync/${what}?sessionId=${this.#sessionId}${more}`;
  }
}
