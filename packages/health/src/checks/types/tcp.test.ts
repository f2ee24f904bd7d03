import { describe, expect, it } from "vitest";
import { runCheck } from "../run-check.ts";
import { contextWith, tcpServer } from "../testing.ts";
import { tcp } from "./tcp.ts";

const look = (definition: object) =>
  runCheck(tcp.make(tcp.schema.parse({ name: "a", type: "tcp", timeout: "300ms", ...definition })), contextWith());

describe("a look at a port", () => {
  it("is content with a connection", async () => {
    await using server = await tcpServer(() => {});
    expect(await look({ host: "127.0.0.1", port: server.port })).toMatchObject({
      status: "healthy",
      expected: "a connection is taken",
    });
  });

  it("says that nobody listens, and that a name is not known", async () => {
    const server = await tcpServer(() => {});
    await server[Symbol.asyncDispose]();
    const refused = await look({ host: "127.0.0.1", port: server.port });
    expect(refused).toMatchObject({ status: "unhealthy", seen: `127.0.0.1:${server.port} refuses connections` });
    expect((await look({ host: "nowhere.invalid", port: 1 })).seen).toMatch(/^DNS knows no address/);
  });
});
