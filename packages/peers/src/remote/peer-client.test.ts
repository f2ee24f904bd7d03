import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { readFingerprint, silentLog } from "@understudy/core";
import type { FastifyRequest } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Agent, createAgent } from "../agent/create-agent.ts";
import type { Greeting } from "../plan/agree.ts";
import { PeerClient } from "./peer-client.ts";

const self: Greeting = {
  product: "understudy",
  protocol: 1,
  kind: "production",
  nodeId: "a",
  name: "Server A",
  databaseId: "1/1",
};
const other: Greeting = { ...self, nodeId: "b", name: "Server B", databaseId: "2/1" };

let folder: string;
let agent: Agent;
let url: string;
let greeting: Greeting;
let asked: FastifyRequest[];
let failures: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pinned-"));
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  execFileSync("openssl", ["req", "-x509", ...curve, "-nodes", "-days", "1", "-subj", "/CN=b", ...files], {
    stdio: "ignore",
  });
  greeting = other;
  asked = [];
  failures = 0;
  agent = await createAgent({
    log: silentLog,
    tls: { cert: readFileSync(join(folder, "cert.pem"), "utf8"), key: readFileSync(join(folder, "key.pem"), "utf8") },
    plugins: [
      {
        name: "peer",
        register(server) {
          server.addContentTypeParser("application/octet-stream", (_, payload, done) => done(null, payload));
          server.addHook("onRequest", async (request) => void asked.push(request));
          server.get("/api/sync/peer", async (_, reply) => {
            if (failures-- > 0) return await reply.code(503).send("proxy: no upstream");
            return greeting;
          });
          server.get(
            "/refuses",
            async (_, reply) =>
              await reply.code(409).send({ error: { code: "busy", message: "not now", next: "Wait" } }),
          );
          server.post("/echo", async (request) => text(request.body as Readable));
        },
      },
    ],
  });
  url = await agent.listen("127.0.0.1", 0);
});
afterEach(async () => {
  await agent[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function clientWith(fingerprint: string | null, patience = 5_000, address = url): Promise<PeerClient> {
  return new PeerClient({ name: "Server B", url: address, token: "secret-token", fingerprint, self, patience });
}

describe("a client of a peer", () => {
  it("speaks to the certificate that was pinned, and sends nothing to another", async () => {
    const pinned = await readFingerprint(new URL(url));
    const client = await clientWith(pinned);
    expect(await client.greet()).toEqual(other);
    expect(asked[0]?.headers).toMatchObject({
      authorization: "Bearer secret-token",
      "x-understudy-kind": "production",
    });
    client.close();
    const before = asked.length;
    const wrong = await clientWith("00:11:22");
    await expect(wrong.greet()).rejects.toThrow(/127\.0\.0\.1 shows another certificate/);
    expect(asked.length).toBe(before);
    wrong.close();
  });

  it("asks again when a proxy or the network answers in its stead, and not when the peer refuses", async () => {
    failures = 2;
    const client = await clientWith(await readFingerprint(new URL(url)), 20_000);
    expect(await client.greet()).toEqual(other);
    expect(asked).toHaveLength(3);
    await expect(client.call("GET", "/refuses", z.unknown())).rejects.toMatchObject({
      status: 409,
      code: "busy",
      message: "Server B: not now",
      next: "Wait",
    });
    expect(asked).toHaveLength(4);
    client.close();
  });

  it("refuses the same server, another product, protocol, kind, and the same database", async () => {
    const client = await clientWith(await readFingerprint(new URL(url)));
    const cases: [Partial<Greeting>, RegExp][] = [
      [{ nodeId: "a" }, /this very server/],
      [{ product: "else" }, /no understudy server/],
      [{ protocol: 2 }, /speaks protocol 2/],
      [{ kind: "staging" }, /is of kind staging/],
      [{ databaseId: "1/1" }, /the same database/],
    ];
    for (const [more, message] of cases) {
      greeting = { ...other, ...more };
      await expect(client.greet()).rejects.toThrow(message);
    }
    client.close();
  });

  it("streams a body, and says in words that nobody answers", async () => {
    const client = await clientWith(await readFingerprint(new URL(url)));
    const headers = { "content-type": "application/octet-stream" };
    const body = Readable.from([Buffer.from("some "), Buffer.from("rows")]);
    expect(await text(await client.open("POST", "/echo", { headers, body }))).toBe("some rows");
    client.close();
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    const gone = await clientWith(null, 0, `http://127.0.0.1:${port}`);
    await expect(gone.greet()).rejects.toThrow(/Server B \(127\.0\.0\.1:\d+\) cannot be reached: .*ECONNREFUSED/);
    gone.close();
  });
});
