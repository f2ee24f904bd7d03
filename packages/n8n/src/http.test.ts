import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ask } from "./http.ts";

let server: Server | undefined;

async function serve(listener: RequestListener): Promise<URL> {
  const begun = createServer(listener).listen(0, "127.0.0.1");
  server = begun;
  await once(begun, "listening");
  return new URL(`http://127.0.0.1:${(begun.address() as AddressInfo).port}`);
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

describe("asking n8n", () => {
  it("sends key, query and body, and returns what was answered", async () => {
    const base = await serve((request, response) => {
      const { method, url, headers } = request;
      response.writeHead(418).end(JSON.stringify({ method, url, key: headers["x-n8n-api-key"] }));
    });
    expect(
      await ask(base, "/workflows", { method: "POST", key: "k", query: { limit: 1, cursor: undefined }, body: {} }),
    ).toEqual({
      status: 418,
      body: { method: "POST", url: "/api/v1/workflows?limit=1", key: "k" },
    });
  });

  it("says what came when it is not JSON", async () => {
    const base = await serve((_, response) => response.end("<html>\n  <h1>502</h1>"));
    await expect(ask(base, "/workflows", { key: "k" })).rejects.toThrow(
      "n8n answered 200 to GET /api/v1/workflows, and not in JSON: 502",
    );
  });

  it("does not read an answer without end", async () => {
    const base = await serve((_, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(1_048_576, "x")));
      };
      response.on("drain", more);
      more();
    });
    await expect(ask(base, "/executions", { key: "k" })).rejects.toThrow(
      "n8n answered more than 64 MiB to GET /api/v1/executions",
    );
  });

  it("says that nobody answers, or that the answer broke off", async () => {
    const base = await serve((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setTimeout(() => response.destroy(), 50);
    });
    await expect(ask(base, "/workflows", { key: "k" })).rejects.toThrow("n8n does not answer GET /api/v1/workflows (");
    server?.close();
    await expect(ask(base, "/workflows", { key: "k" })).rejects.toThrow("(ECONNREFUSED)");
  });
});
