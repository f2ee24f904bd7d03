import { describe, expect, it } from "vitest";
import { runCheck } from "./run-check.ts";
import { contextWith, httpServer, tcpServer } from "./testing.ts";
import { http } from "./types/http.ts";

const ask = (url: string, more: object = {}) => {
  const definition = { name: "a", type: "http", url, timeout: "400ms", ...more };
  return runCheck(http.make(http.schema.parse(definition)), contextWith());
};

describe("a look at a web server", () => {
  it("judges status, headers, body, text and latency", async () => {
    await using server = await httpServer((_, response) => {
      response.setHeader("content-type", "application/json").end('{"status":"ok","db":{"up":true},"queue":[1,2]}');
    });
    const url = `http://127.0.0.1:${server.port}/`;
    const good = {
      headers: { "Content-Type": { contains: "json" } },
      body: { "$.status": "ok", "$.db.up": true, "$.queue[*]": { contains: 2 } },
      text: { contains: "queue" },
      latency: { below: 400 },
    };
    expect(await ask(url, { expect: good })).toMatchObject({
      status: "healthy",
      seen: expect.stringMatching(/^status 200 in \d+ ms$/),
    });
    expect(await ask(url, { expect: { status: 204, body: { "$.db.up": false } } })).toMatchObject({
      status: "unhealthy",
      seen: "status 200; body $.db.up true",
      expected: "status 204; body $.db.up false",
    });
  });

  it("sends what it was told to", async () => {
    await using server = await httpServer((request, response) => {
      request
        .setEncoding("utf8")
        .on("data", (body) => response.end(`${request.method} ${request.headers.authorization} ${body}`));
    });
    const sent = { method: "POST", headers: { authorization: "Bearer x" }, body: "hello" };
    const result = await ask(`http://127.0.0.1:${server.port}`, { ...sent, expect: { text: "POST Bearer x hello" } });
    expect(result.status).toBe("healthy");
  });

  it("is degraded when it is slower than its threshold", async () => {
    await using server = await httpServer((_, response) => setTimeout(() => response.end(), 60));
    const result = await ask(`http://127.0.0.1:${server.port}`, { thresholds: { warning: 20, critical: 5_000 } });
    expect(result).toMatchObject({ status: "degraded", expected: "at most 20 ms (critical above 5000)" });
  });

  it("stops waiting for one that says nothing", async () => {
    await using server = await tcpServer(() => {});
    const began = performance.now();
    const { status, seen } = await ask(`http://127.0.0.1:${server.port}`);
    expect(performance.now() - began).toBeLessThan(800);
    expect([status, seen]).toEqual(["unhealthy", `127.0.0.1:${server.port} does not answer within 0.4 s`]);
  });

  it("stops reading a body that drips", async () => {
    await using server = await httpServer((_, response) => {
      response.write("a");
      const drip = setInterval(() => response.write("a"), 50);
      response.once("close", () => clearInterval(drip));
    });
    expect((await ask(`http://127.0.0.1:${server.port}`)).seen).toBe(
      "status 200, but the body does not end within 0.4 s",
    );
  });

  it("reads the first MiB of 5 GB, and no more", async () => {
    let sent = 0;
    await using server = await httpServer((_, response) => {
      response.writeHead(200, { "content-length": 5_000_000_000 });
      const chunk = Buffer.alloc(65_536, "x");
      const fill = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
        sent += chunk.length;
      };
      response.on("drain", fill).on("error", () => {});
      fill();
    });
    const url = `http://127.0.0.1:${server.port}`;
    expect((await ask(url)).status).toBe("healthy");
    expect(await ask(url, { expect: { body: { "$.a": 1 } } })).toMatchObject({
      status: "unhealthy",
      seen: 'body "larger than 1 MiB, not read to its end"',
    });
    expect(sent).toBeLessThan(50_000_000);
  });

  it.each([
    ["SSH-2.0-OpenSSH_9.2\r\n", /answers, but not in HTTP$/],
    ["HTTP/1.1 abc\r\n\r\n", /answers, but not in HTTP$/],
    ["", /closed the connection before it answered$/],
  ])("says so when the answer is garbage: %j", async (garbage, words) => {
    await using server = await tcpServer((socket) => socket.end(garbage));
    const { status, seen } = await ask(`http://127.0.0.1:${server.port}`);
    expect(status).toBe("unhealthy");
    expect(seen).toMatch(words);
  });

  it("says so when a body is no JSON", async () => {
    await using server = await httpServer((_, response) => response.end("<html>"));
    const { seen, lines } = await ask(`http://127.0.0.1:${server.port}`, { expect: { body: { "$.status": "ok" } } });
    expect(seen).toBe('body "not JSON"');
    expect(lines).toEqual(["<html>"]);
  });

  it("follows no redirect unless asked, and none in a circle", async () => {
    let hops = 0;
    await using server = await httpServer((request, response) => {
      hops++;
      const number = Number(request.url?.slice(1));
      if (request.url === "/end") response.end();
      else response.writeHead(302, { location: number > 2 && number < 100 ? "/end" : `/${number + 1}` }).end();
    });
    const at = (path: string) => `http://127.0.0.1:${server.port}${path}`;
    expect((await ask(at("/1"))).seen).toBe("status 302");
    expect(hops).toBe(1);
    expect((await ask(at("/1"), { followRedirects: true })).status).toBe("healthy");
    hops = 0;
    expect((await ask(at("/100"), { followRedirects: true })).seen).toMatch(
      /redirects in a circle, or more than 5 times/,
    );
    expect(hops).toBeLessThan(10);
  });

  it("says that DNS knows no address, and that nobody listens", async () => {
    expect((await ask("http://nowhere.invalid/")).seen).toMatch(/^DNS knows no address for nowhere.invalid/);
    const server = await tcpServer(() => {});
    await server[Symbol.asyncDispose]();
    expect((await ask(`http://127.0.0.1:${server.port}`)).seen).toBe(`127.0.0.1:${server.port} refuses connections`);
  });

  it("says that a server speaks no TLS", async () => {
    await using server = await httpServer((_, response) => response.end());
    expect((await ask(`https://127.0.0.1:${server.port}`)).seen).toBe(`127.0.0.1:${server.port} does not speak TLS`);
  });
});
