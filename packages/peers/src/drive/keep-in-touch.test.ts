import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, it } from "vitest";
import { AgentError } from "../agent-error.ts";
import { Book } from "../book/book.ts";
import { sendError } from "../http/send-error.ts";
import { PeerClient } from "../remote/peer-client.ts";
import { keepInTouch } from "./keep-in-touch.ts";

const sessionId = "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11";
const self = { product: "understudy", protocol: 1, kind: "staging", nodeId: "a", name: "A", databaseId: null } as const;

let book: Book;
let peer: FastifyInstance;
let client: PeerClient;
const heard: unknown[] = [];
let answer: () => object;
beforeEach(async () => {
  heard.length = 0;
  answer = () => ({ success: true });
  book = Book.open(":memory:");
  const names = { sourceName: "B", targetName: "A", peer: { nodeId: "b", name: "B" } };
  const options = { compressionEnabled: true, verifyAfterSync: true };
  book.sessions.insert({ sessionId, direction: "pull", method: "backup", role: "driver", options, ...names });
  peer = fastify();
  peer.setErrorHandler((error, request, reply) => sendError(error, request, reply, () => {}));
  peer.post("/api/sync/progress", async ({ body }) => {
    heard.push(body);
    return answer();
  });
  const url = await peer.listen({ port: 0, host: "127.0.0.1" });
  client = new PeerClient({ name: "B", url, token: "t", fingerprint: null, self, patience: 1_000 });
});
afterEach(async () => {
  client.close();
  await peer.close();
  book[Symbol.dispose]();
});

it("tells the peer how far a session is, while it runs and no longer", async () => {
  const stop = new AbortController();
  const restoring = {
    phase: "restore",
    currentStep: "Restoring public.people…",
    progress: 80,
    phaseProgress: 40,
  } as const;
  book.sessions.update(sessionId, restoring);
  {
    using _ = keepInTouch(client, book.sessions, sessionId, stop);
    await expect.poll(() => heard.length, { timeout: 5_000 }).toBeGreaterThan(1);
  }
  expect(heard[0]).toMatchObject({ sessionId, ...restoring, bytesTransferred: 0, estimatedTimeRemaining: null });
  const told = heard.length;
  await new Promise((resolve) => setTimeout(resolve, 1_300));
  expect(heard.length).toBe(told);
  expect(stop.signal.aborted).toBe(false);
});

it("stops here when it was ended there, and not when the line is down or the peer stumbles", async () => {
  const stop = new AbortController();
  using _ = keepInTouch(client, book.sessions, sessionId, stop);
  answer = () => {
    throw new Error("stumbles");
  };
  await expect.poll(() => heard.length, { timeout: 5_000 }).toBeGreaterThan(0);
  expect(stop.signal.aborted).toBe(false);
  answer = () => {
    throw new AgentError(410, "cancelled", "The session has ended here: Cancelled by bob at B");
  };
  await expect.poll(() => stop.signal.aborted, { timeout: 5_000 }).toBe(true);
  expect(stop.signal.reason).toMatchObject({ status: 410, code: "cancelled" });
});
