import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  audit,
  findInstallation,
  type Installation,
  Journal,
  loadSettings,
  silentLog,
  writeFact,
} from "@understudy/core";
import { type Alert, HistoryStore, historyFile } from "@understudy/health";
import type { FastifyInstance } from "fastify";
import { Accounts } from "./access/accounts.ts";
import { hashPassword } from "./access/password.ts";
import type { Role, Session } from "./contract/session.ts";
import { createConsole } from "./serve-console.ts";

/** Where nobody listens: what asks an engine hears at once that there is none. */
const settings = `project: shop
environments:
  staging:
    kind: staging
    host: unix:///nowhere/docker.sock
  production:
    kind: production
    host: unix:///nowhere/docker.sock
console:
  loginAttempts: 5
`;

export interface TestConsole extends AsyncDisposable {
  readonly installation: Installation;
  readonly server: FastifyInstance;
  write(file: string, text: string): void;
  /** Log somebody in. @returns headers of their requests */
  login(role: Role): Promise<Headers>;
  /** Another console on the same installation, as after a restart. */
  again(): Promise<FastifyInstance>;
}

export type Headers = Record<string, string>;

export const host = "127.0.0.1:8470";
export const password = "correct horse battery";

/** A console on an installation in a folder of its own, with users `viewer` and `operator`. One at a time: the folder is `UNDERSTUDY_ROOT`. */
export async function testConsole(page?: string): Promise<TestConsole> {
  const root = mkdtempSync(join(tmpdir(), "understudy-console-"));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text, { mode: 0o600 });
  };
  write("understudy.yml", settings);
  process.env.UNDERSTUDY_ROOT = root;
  const installation = findInstallation();
  const servers: FastifyInstance[] = [];
  const again = async () => {
    const options = { installation, settings: loadSettings(installation), host: "127.0.0.1", port: 8470 };
    const server = await createConsole({ ...options, page, log: silentLog });
    servers.push(server);
    return server;
  };
  using accounts = Accounts.of(installation);
  const kept = await hashPassword(password);
  for (const role of ["viewer", "operator"] as const) accounts.putUser({ name: role, role }, kept);
  const server = await again();
  return {
    ...{ installation, server, write, again },
    login: async (role) => loginTo(server, role),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map((one) => one.close()));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export async function loginTo(server: FastifyInstance, name: string): Promise<Headers> {
  const answer = await server.inject({
    method: "POST",
    url: "/api/console/login",
    headers: { host },
    payload: { name, password },
  });
  const [cookie = ""] = String(answer.headers["set-cookie"]).split(";");
  return { host, cookie, "x-csrf-token": (answer.json() as Session).csrf ?? "" };
}

/** A run over an environment as `mutate` journals and audits it. */
export function pastRun(installation: Installation, verb: string, release: string, failed?: string): void {
  const journal = new Journal(installation, "staging", verb);
  const record = (result: "started" | "succeeded" | "failed", detail?: unknown) =>
    audit(installation, { what: verb, environment: "staging", result, detail });
  record("started");
  journal.step("plan", { release });
  journal.step("apply");
  journal.end(failed === undefined ? "succeeded" : "failed");
  record(failed === undefined ? "succeeded" : "failed", failed);
}

/** What an installation that has been used for a while knows, written by the product's own functions. */
export function pastOf(installation: Installation, now = Date.now()): void {
  const at = (ago: number) => new Date(now - ago).toISOString();
  const hour = 3_600_000;
  pastRun(installation, "deploy:staging", "r-07888fe00c7e");
  writeFact(installation, "staging", "release", { id: "r-07888fe00c7e", at: at(hour) });
  writeFact(installation, "staging", "copy", {
    ...{ id: "20261121-170501", at: at(26 * hour), result: "succeeded", from: "production" },
    ...{ unmasked: false, healthySeconds: 12 },
  });
  writeFact(installation, "production", "release", { id: "r-0136e10e000d", at: at(72 * hour) });
  writeFact(installation, "production", "backup", {
    ...{ id: "backup-20261121-020000", at: at(9 * hour), result: "succeeded", verified: true },
  });
  writeFact(installation, "production", "drill", { at: at(50 * hour), result: "succeeded" });
  watched(installation, "staging", now);
}

/** A day of the monitor's looks: one check that failed for a while, one that is well. */
export function watched(installation: Installation, environment: string, now = Date.now()): void {
  const file = historyFile(installation, environment);
  mkdirSync(dirname(file), { recursive: true });
  const store = HistoryStore.open(file, { maxBytes: 1e8, historyDays: 365 });
  try {
    const step = 300_000;
    for (let at = now - 86_400_000; at <= now; at += step) {
      const isDown = at > now - 7_200_000 && at < now - 3_600_000;
      store.commit({
        at,
        results: [
          {
            ...{ check: "n8n readiness", service: "n8n", interval: step, ms: 20 + ((at / step) % 9) },
            ...(isDown
              ? ({ status: "unhealthy", seen: "connection refused" } as const)
              : ({ status: "healthy", seen: "status 200" } as const)),
          },
          { check: "postgres login", service: "postgres", status: "healthy", ms: 4, interval: step, seen: "logged in" },
        ],
      });
    }
    const alert: Alert = {
      ...{ id: "i-1", kind: "problem", environment, service: "n8n", severity: "critical", checks: [], affected: [] },
      ...{ evidence: { lastLogLines: [], commands: [] }, since: now - 7_200_000, at: now - 7_100_000 },
    };
    store.commit({
      at: alert.at,
      notices: ["chat", "mail"].map((channel) => ({ channel, key: "i-1:problem", payload: alert })),
    });
    store.delivered(1, alert.at);
    store.failed(2, "550 no such mailbox", alert.at);
    store.commit({
      at: now,
      incidents: [
        {
          ...{ id: "i-1", service: "n8n", checks: ["n8n readiness"], severity: "critical" },
          ...{ openedAt: now - 7_200_000, closedAt: now - 3_600_000 },
        },
      ],
    });
  } finally {
    store.close();
  }
}
