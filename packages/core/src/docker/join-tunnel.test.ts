import { once } from "node:events";
import { type AddressInfo, connect, createServer, type ListenOptions, type Server, type Socket } from "node:net";
import { duplexPair } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { outOfFrames } from "./frames.ts";
import { joinTunnel } from "./join-tunnel.ts";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listen(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, onConnection);
  open.push(server);
  await once(server.listen({ port: 0, host: "127.0.0.1" } satisfies ListenOptions), "listening");
  return (server.address() as AddressInfo).port;
}

/** @returns the port of a way through a tunnel to what answers */
async function throughTunnel(answer: (socket: Socket) => void): Promise<number> {
  const engine = await listen(answer);
  const relay = await listen((tunnel) => joinTunnel(connect({ port: engine, allowHalfOpen: true }), tunnel));
  return await listen((near) => joinTunnel(near, connect(relay)));
}

async function readSlowly(socket: Socket): Promise<number> {
  let bytes = 0;
  for await (const chunk of socket) {
    bytes += (chunk as Buffer).length;
    await sleep(1);
  }
  return bytes;
}

const much = Buffer.alloc(8_000_000, "x");

it("who said its end and closed has cut nothing: what it said waits for its reader", async () => {
  const [socket, engine] = duplexPair();
  const [tunnel, far] = duplexPair();
  joinTunnel(socket, tunnel);
  far.write(Buffer.alloc(4));
  engine.resume().end(Buffer.alloc(100_000));
  await once(socket, "close");
  expect((await buffer(far.pipe(outOfFrames()))).length).toBe(100_000);
});

it("all that was said arrives at a slow reader", async () => {
  const port = await throughTunnel((engine) => engine.resume().once("end", () => engine.end(much)));
  const client = connect({ port, allowHalfOpen: true });
  client.end("what?");
  expect(await readSlowly(client)).toBe(much.length);
});

it("so it does when nobody said an end on the other side", async () => {
  const port = await throughTunnel((engine) => engine.resume().end(much));
  expect(await readSlowly(connect({ port, allowHalfOpen: true }))).toBe(much.length);
});

it("a question of many bytes is read to its end before it is answered", async () => {
  const port = await throughTunnel(async (engine) => engine.end(String(await readSlowly(engine))));
  const client = connect({ port, allowHalfOpen: true });
  client.end(much);
  expect(String((await client.toArray())[0])).toBe(String(much.length));
});

it("nothing stays open when one side is cut", async () => {
  let engineClosed: Promise<unknown> | undefined;
  const port = await throughTunnel((engine) => {
    engineClosed = once(engine.resume(), "end");
    engine.write("hello");
  });
  const client = connect(port);
  await once(client, "data");
  client.resetAndDestroy();
  await engineClosed;
});
