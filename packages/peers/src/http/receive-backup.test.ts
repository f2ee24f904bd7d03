import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, it } from "vitest";
import { AgentError } from "../agent-error.ts";
import { LocalSide } from "../side/local-side.ts";
import { Bandwidth } from "../transfer/bandwidth.ts";
import type { PassiveSessions } from "./passive-sessions.ts";
import { addReceiveBackup } from "./receive-backup.ts";
import { sendError } from "./send-error.ts";

const sessionId = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";

let folder: string;
let server: FastifyInstance;
let url: string;
let stop: AbortController;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "receive-"));
  stop = new AbortController();
  const side = new LocalSide({
    ...{ name: "A", database: {} as never, folder, leaveOut: [], demo: [], chunkBytes: 1_000, atOnce: 1 },
  });
  const sessions = {
    side,
    bandwidth: new Bandwidth(1_000_000),
    signal: () => stop.signal,
  } as unknown as PassiveSessions;
  server = fastify();
  server.setErrorHandler((error, asked, reply) => sendError(error, asked, reply, () => {}));
  addReceiveBackup(server, async () => sessions);
  url = await server.listen({ port: 0, host: "127.0.0.1" });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

function sending(bytes: Buffer) {
  const chunk = {
    no: 1,
    table: "public.t",
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
  const headers = {
    "content-type": "application/octet-stream",
    "x-chunk": Buffer.from(JSON.stringify(chunk)).toString("base64url"),
  };
  const outgoing = request(`${url}/api/sync/receive-backup?sessionId=${sessionId}`, { method: "POST", headers });
  const answered = new Promise<{ status: number | undefined; said: string }>((resolve, reject) => {
    outgoing.on("error", reject);
    outgoing.on("response", (response) =>
      text(response).then((said) => resolve({ status: response.statusCode, said }), reject),
    );
  });
  return { outgoing, answered };
}

const files = () => readdirSync(join(folder, sessionId));

it("takes a chunk no faster than the settings let it", async () => {
  const began = performance.now();
  const bytes = Buffer.alloc(500_000, "x");
  const { outgoing, answered } = sending(bytes);
  outgoing.end(bytes);
  expect((await answered).status).toBe(200);
  expect(performance.now() - began).toBeGreaterThan(450);
  expect(files()).toEqual(["chunk-000001"]);
});

it("ends a chunk that is under way with its session, and says why", async () => {
  const bytes = Buffer.alloc(100_000, "x");
  const { outgoing, answered } = sending(bytes);
  outgoing.write(bytes.subarray(0, 10));
  await expect.poll(files).toEqual([expect.stringContaining(".part")]);
  stop.abort(new AgentError(410, "cancelled", "Cancelled by ann"));
  expect(await answered).toMatchObject({ status: 410, said: expect.stringContaining("Cancelled by ann") });
  expect(files()).toEqual([]);
  outgoing.destroy();
});
