import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Machine, WithoutLeader } from "./machine.ts";

const known: Record<string, object> = {
  "/version": { ApiVersion: "1.41" },
  "/info": { Swarm: { NodeID: "n1", ControlAvailable: true } },
  "/_ping": {},
};

describe("a manager of a swarm", () => {
  let folder: string;
  let server: Server;
  let asked: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "understudy-machine-"));
    asked = [];
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  /** An engine that answers what `known` has, and says nothing to anything else: as managers do that ask a leader they are parted from. */
  async function start(before: RequestListener = () => {}): Promise<Machine> {
    server = createServer((request, response) => {
      const path = request.url ?? "";
      asked.push(path);
      before(request, response);
      const said = known[path];
      if (said) response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(said));
    });
    const socket = join(folder, "engine.sock");
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    return new Machine({ host: `unix://${socket}`, sshOptions: [], role: "manager", ingress: true });
  }

  it("that is there, and says nothing of the swarm, waits for a leader; it is not away", async () => {
    const machine = await start();
    await machine.connect();
    await expect(machine.askAsManager("/services", { patience: 100 })).rejects.toThrow(WithoutLeader);
    expect(machine).toMatchObject({ leaderless: true, away: undefined, nodeId: "n1" });
  });

  it("that says nothing at all is away", async () => {
    const machine = await start();
    await machine.connect();
    server.close();
    await expect(machine.askAsManager("/services", { patience: 100 })).rejects.toThrow(/does not answer/);
    expect(machine).toMatchObject({ leaderless: false, away: expect.any(String) });
  });

  it("is asked nothing more once it was closed, also while it was being reached", async () => {
    let closing: Promise<void> | undefined;
    const machine = await start(() => {
      closing ??= machine.close();
    });
    await machine.connect();
    await machine.connect();
    await closing;
    expect(asked).toEqual(["/version"]);
  });
});
