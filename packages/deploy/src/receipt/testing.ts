import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Installation } from "@understudy/core";
import { afterAll } from "vitest";
import type { Receipt } from "./receipt.ts";

export { writeReceipt } from "./store.ts";

const made: string[] = [];
afterAll(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true });
});

/** An installation in an empty folder of its own, which goes when the tests of the file have run. */
export function emptyInstallation(): Installation {
  const root = mkdtempSync(join(tmpdir(), "understudy-receipt-"));
  made.push(root);
  return {
    root,
    settingsFile: join(root, "understudy.yml"),
    stateDir: join(root, ".understudy"),
    logsDir: join(root, "logs"),
    composeDir: join(root, "compose"),
    envFile: (environment) => join(root, `.env.${environment}`),
  };
}

/** What `aReceipt` is of. */
export const aRelease = "r-0123456789ab";
export const aCommit = "c".repeat(40);
export const aSha = "a".repeat(64);

/** One of a release that passed everything. */
export function aReceipt(changes: Partial<Receipt> = {}): Receipt {
  return {
    version: 1,
    release: aRelease,
    commit: aCommit,
    images: {
      n8n: {
        reference: "n8nio/n8n:2.41.1",
        identity: "n8nio/n8n@sha256:1",
        digest: "n8nio/n8n@sha256:1",
        id: "sha256:11",
      },
      edge: { reference: "understudy/haproxy:3", identity: "recipe:2", digest: null, id: "sha256:22" },
    },
    shared: { settings: aSha },
    staging: { environment: "staging", fingerprint: aSha },
    health: { at: "2026-11-21T11:58:00.000Z", passed: ["n8n readiness", "größe"], failed: [] },
    workflows: { at: "2026-11-21T11:59:00.000Z", passed: ["intake"], failed: [] },
    copy: { id: "c-1", at: "2026-11-21T06:00:00.000Z" },
    rehearsal: { migrations: [{ database: "n8n", name: "AddIndex1" }], unknown: [], healthySeconds: 12.5 },
    by: "ada@laptop",
    at: "2026-11-21T12:00:00.000Z",
    ...changes,
  };
}
