import type { ContainerInspectInfo } from "@understudy/core";
import type { DesiredStack } from "@understudy/environment";
import { describe, expect, it } from "vitest";
import { runCheck } from "../run-check.ts";
import { contextWith, httpServer } from "../testing.ts";
import { certificates } from "./certificates.ts";
import { loginFromUrl } from "./database-login.ts";
import { endpoint } from "./endpoint.ts";
import { haproxy } from "./haproxy.ts";

/** The context of a service whose port is, for once, one of this machine. */
const contextOf = (service: string, port: number) =>
  contextWith({
    containers: new Map([
      [
        service,
        {
          Name: `/${service}`,
          State: { Running: true },
          NetworkSettings: { Networks: {} },
          Config: { Env: [] },
        } as unknown as ContainerInspectInfo,
      ],
    ]),
    model: { services: {}, networks: {}, volumes: {}, configs: {}, secrets: {} },
    reach: { address: async () => ({ host: "127.0.0.1", port }), [Symbol.asyncDispose]: async () => {} },
    stack: { environment: { name: "staging", kind: "staging" } } as DesiredStack,
  });

describe("the backends of the edge", () => {
  const look = async (...rows: string[]) => {
    const csv = ["# pxname,svname,qcur,status", "n8n,FRONTEND,,OPEN", ...rows, "n8n,BACKEND,0,UP", ""].join("\n");
    await using server = await httpServer((_, response) => response.end(csv));
    const [check] = haproxy();
    if (!check) throw new Error("haproxy has no checks");
    return await runCheck(check, contextOf("haproxy", server.port));
  };

  it("are well with servers that take requests, checked or not", async () => {
    expect(await look("n8n,n8n,0,no check", "letta,letta,2,UP")).toMatchObject({
      status: "healthy",
      seen: "2 backends",
      figures: { backends: 2, backends_down: 0, requests_waiting: 2 },
    });
  });

  it("name the one whose name is not known any more", async () => {
    expect(await look("n8n,n8n,0,MAINT (resolution)", "letta,letta,0,no check")).toMatchObject({
      status: "unhealthy",
      seen: "backend n8n is MAINT (resolution)",
      next: "pnpm logs haproxy",
    });
  });

  it("are well while another container stands in for one that drains, and not when both do", async () => {
    expect(await look("letta,letta,0,DRAIN", "letta,bridge,1,no check")).toMatchObject({
      status: "healthy",
      seen: "1 backend",
      figures: { backends: 1, backends_down: 0, requests_waiting: 1 },
    });
    expect(await look("letta,letta,0,DRAIN", "letta,bridge,0,MAINT")).toMatchObject({
      status: "unhealthy",
      seen: "backend letta is DRAIN and MAINT",
    });
  });

  it("are not well when there are none", async () => {
    expect((await look()).status).toBe("unhealthy");
  });
});

describe("a login", () => {
  it("is read from an address, with what is escaped in it", () => {
    expect(loginFromUrl("postgresql://letta:p%40ss@postgres:5433/let%2Dta")).toEqual({
      host: "postgres",
      port: 5_433,
      user: "letta",
      password: "p@ss",
      database: "let-ta",
    });
    expect(loginFromUrl("postgresql://letta:x@postgres/letta")?.port).toBe(5_432);
    expect(loginFromUrl(undefined)).toBeUndefined();
    expect(loginFromUrl("letta")).toBeUndefined();
  });
});

describe("certificates", () => {
  it("are looked at once for each public https address", () => {
    const stack = {
      environment: {
        variables: { OPEN_WEBUI_PUBLIC_URL: "https://chat.example.org:8443/", BIND: "https://no.example.org" },
      },
      envFile: {
        values: {
          N8N_PUBLIC_URL: "https://n8n.example.org/",
          LETTA_PUBLIC_URL: "https://n8n.example.org/letta",
          X_PUBLIC_URL: "http://plain",
        },
      },
    } as unknown as DesiredStack;
    expect(certificates(stack).map(({ name }) => name)).toEqual([
      "certificate n8n.example.org:443",
      "certificate chat.example.org:8443",
    ]);
  });
});

describe("an endpoint", () => {
  const model = { services: { n8n: { labels: { "understudy.endpoint": "http://haproxy:5678/healthz" } } } } as never;
  const at = (address: string) => ({
    service: "n8n",
    url: "",
    probe: { protocol: "http" as const, address, port: 20_678, path: "/healthz" },
  });

  it("is the edge's check, which needs the service too", () => {
    expect(endpoint(at("127.0.0.1"), model, false)).toMatchObject({
      name: "n8n edge",
      service: "haproxy",
      needs: ["haproxy", "n8n"],
    });
  });

  it("of a remote host is asked of the container that publishes it", async () => {
    const asked: string[] = [];
    await using server = await httpServer((request, response) => {
      asked.push(request.url ?? "");
      response.end();
    });
    const check = { ...endpoint(at("127.0.0.1"), model, true), needs: [] };
    expect((await runCheck(check, contextOf("haproxy", server.port))).status).toBe("healthy");
    expect(asked).toEqual(["/healthz"]);
  });
});
