import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseAgentHost } from "./agent-access.ts";
import { forwardThroughAgent } from "./agent-forward.ts";
import { pinAgent } from "./pin-agent.ts";

let server: Server;
let received: string;
beforeEach(async () => {
  received = "";
  server = createServer((socket) => {
    socket
      .on("error", () => {})
      .on("data", (bytes) => {
        received += bytes.toString("latin1");
        socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
      });
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const hostAt = (address: string) => parseAgentHost(`agent://${address}:${(server.address() as AddressInfo).port}`);

it("pins nothing for another machine that shows no certificate, and takes plain HTTP for this one only", async () => {
  // This name is this machine too, but does not say so.
  await expect(pinAgent(hostAt("0.0.0.0"))).rejects.toThrow("shows no certificate");
  expect(await pinAgent(hostAt("127.0.0.1"))).toBeNull();
});

it("sends no token without encryption, whatever was kept", async () => {
  const access = { token: "root-equivalent-token", fingerprint: null };
  await expect(forwardThroughAgent(hostAt("0.0.0.0"), access)).rejects.toThrow("without encryption");
  expect(received).toBe("");
  await expect(forwardThroughAgent(hostAt("127.0.0.1"), access)).rejects.toThrow("does not let us through");
  expect(received).toContain(access.token);
});
