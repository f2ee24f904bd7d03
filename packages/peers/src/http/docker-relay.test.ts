import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connectEngine, findInstallation, keepAgentAccess, parseAgentHost, silentLog } from "@understudy/core";
import { chooseTarget } from "@understudy/environment";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Agent, createAgent } from "../agent/create-agent.ts";
import { Peers } from "../peers.ts";
import { addDockerRelay } from "./docker-relay.ts";

let root: string;
let peers: Peers;
let agent: Agent;
let engine: Server;
let host: string;
const attached = new Set<Socket>();

/** Like an engine as far as it matters here: it tells its version, and gives a connection of its own to who attaches. */
function listenAsEngine(socket: string): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ApiVersion: "1.47", Version: "27.0.0", asked: request.url }));
  });
  server.on("upgrade", (_request, connection: Socket) => {
    attached.add(connection.on("error", () => {}));
    connection.write("HTTP/1.1 101 UPGRADED\r\nconnection: Upgrade\r\nupgrade: tcp\r\n\r\n");
    // Only at the end of what it is sent does it answer, as a command does that reads its input.
    void text(connection).then((said) => connection.end(`heard ${said.length}: ${said.slice(0, 5)}`));
  });
  return new Promise((resolve) => server.listen(socket, () => resolve(server)));
}

async function start(settings: readonly string[]): Promise<void> {
  const lines = ["certificate: agent.pem", "certificateKey: agent.key", ...settings].map((line) => `  ${line}\n`);
  const environments = `environments:\n  production: { kind: production, host: "unix://${join(root, "engine.sock")}" }\n`;
  writeFileSync(join(root, "understudy.yml"), `${environments}peers:\n${lines.join("")}`);
  process.env.UNDERSTUDY_ROOT = root;
  peers = new Peers(chooseTarget({ production: true }));
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  agent = await createAgent({
    log: silentLog,
    tls: { cert: read("agent.pem"), key: read("agent.key") },
    plugins: [{ name: "relay", register: (server) => addDockerRelay(server, peers, silentLog) }],
  });
  host = (await agent.listen("127.0.0.1", 0)).replace("https:", "agent:");
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "relay-"));
  const files = ["-keyout", join(root, "agent.key"), "-out", join(root, "agent.pem")];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=a"];
  execFileSync("openssl", ["req", "-x509", ...key, ...files], { stdio: "ignore" });
  chmodSync(join(root, "agent.key"), 0o600);
  engine = await listenAsEngine(join(root, "engine.sock"));
});
afterEach(async () => {
  await agent?.[Symbol.asyncDispose]();
  peers?.[Symbol.dispose]();
  for (const connection of attached) connection.destroy();
  attached.clear();
  await new Promise((resolve) => engine.close(resolve));
  rmSync(root, { recursive: true });
});

const keep = (token: string, fingerprint: string | null = peers.fingerprint()) =>
  keepAgentAccess(findInstallation(), parseAgentHost(host), { token, fingerprint });

describe("a Docker engine through its agent", () => {
  it("is an engine like every other: it answers, and hears to the end what it is sent before it says its last word", async () => {
    await start(["relayDocker: true"]);
    keep(peers.book.relayTokens.issue("ann", 60_000));
    await using through = await connectEngine(host);
    expect(through).toMatchObject({ host, remote: true, dockerHost: expect.stringMatching(/^unix:\/\//) });
    expect((await through.docker.version()).Version).toBe("27.0.0");
    const sent = "x".repeat(3_000_000);
    const stream = await through.docker.getExec("one").start({ hijack: true, stdin: true });
    stream.end(sent);
    expect(await text(stream)).toBe("heard 3000000: xxxxx");
    expect(readFileSync(join(root, "logs/audit.jsonl"), "utf8")).toMatch(/"who":"ann".*"what":"peers:relay"/);
  });

  it("is closed to who has no token for it, or one that was taken back or has ended, or a peer's", async () => {
    await start(["relayDocker: true"]);
    await expect(connectEngine(host)).rejects.toThrow("may not reach");
    const token = peers.book.relayTokens.issue("ann", 60_000);
    peers.book.relayTokens.remove("ann");
    for (const wrong of [token, peers.book.relayTokens.issue("bob", -1), peers.book.peers.issueToken("peer", 60_000)]) {
      keep(wrong);
      await expect(connectEngine(host)).rejects.toThrow(
        `${host} does not let us through: The token is unknown or has ended`,
      );
    }
    expect(attached.size).toBe(0);
  });

  it("is closed within seconds to who is through already when the token is taken back", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    await start(["relayDocker: true"]);
    keep(peers.book.relayTokens.issue("ann", 60_000));
    await using through = await connectEngine(host);
    const stream = await through.docker.getExec("one").start({ hijack: true, stdin: true });
    const ended = once(stream, "close");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(stream.destroyed).toBe(false);
    peers.book.relayTokens.remove("ann");
    await vi.advanceTimersByTimeAsync(3_000);
    await ended;
    await expect(through.docker.version()).rejects.toThrow();
  });

  it("is closed unless the settings open it, and to addresses that are not on the allow-list", async () => {
    await start([]);
    keep(peers.book.relayTokens.issue("ann", 60_000));
    await expect(connectEngine(host)).rejects.toThrow("It relays to no Docker engine");
    await agent[Symbol.asyncDispose]();
    peers[Symbol.dispose]();
    await start(["relayDocker: true", "allowFrom: [192.168.7.0/24]"]);
    keep(peers.book.relayTokens.issue("ann", 60_000));
    await expect(connectEngine(host)).rejects.toThrow("is not on the allow-list");
  });

  it("is told nothing by who would stand in between: the token goes to the pinned certificate only", async () => {
    await start(["relayDocker: true"]);
    keep(peers.book.relayTokens.issue("ann", 60_000), "AA:BB");
    await expect(connectEngine(host)).rejects.toThrow("shows another certificate");
    keep(peers.book.relayTokens.issue("ann", 60_000), null);
    await expect(connectEngine(host)).rejects.toThrow("cannot be reached");
  });

  it("that does not answer is told apart from an agent that does not", async () => {
    await start(["relayDocker: true"]);
    keep(peers.book.relayTokens.issue("ann", 60_000));
    await new Promise((resolve) => engine.close(resolve));
    await expect(connectEngine(host)).rejects.toThrow("Its engine does not answer");
    engine = await listenAsEngine(join(root, "engine.sock"));
    await using through = await connectEngine(host);
    await agent[Symbol.asyncDispose]();
    await expect(through.docker.version()).rejects.toThrow(/The connection to agent:.* was lost/);
  });
});
