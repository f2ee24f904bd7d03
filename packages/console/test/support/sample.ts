import type { EnvironmentView, Overview } from "../../src/contract/overview.ts";
import type { ReceiptView } from "../../src/contract/receipt.ts";
import type { Releases } from "../../src/contract/releases.ts";
import type { Run } from "../../src/contract/run.ts";

/** What a shop that uses everything would see: for pictures of the pages. By the path of each answer. */
export function sample(now = Date.now()): Record<string, unknown> {
  const at = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
  const service = (name: string, minutes: number, url?: string) => ({
    ...{ name, state: "running", health: "healthy", restarts: 0, release: "r-07888fe00c7e", since: at(minutes) },
    ...(url ? { url } : {}),
  });
  const services = (minutes: number) => [
    service("haproxy", minutes),
    service("letta", minutes, "http://localhost:8283"),
    service("n8n", minutes, "http://localhost:5678"),
    service("neo4j", minutes),
    service("open-webui", minutes, "http://localhost:3000"),
    service("postgres", minutes),
  ];
  const health = { failing: [], openIncidents: 0, silences: 0, lookedAt: at(0.4), notices: [] };
  const staging: EnvironmentView = {
    ...{ name: "staging", kind: "staging", host: "local", drift: null, underWay: null, backup: null, drill: null },
    stack: { deployed: true, egress: "none", lockedBy: null, services: services(52) },
    release: { id: "r-07888fe00c7e", at: at(52) },
    copy: { id: "20261121-170501", at: at(26 * 60), from: "production", unmasked: false },
    health: { ...health, status: "healthy", uptime24h: 0.99982 },
  };
  const production: EnvironmentView = {
    ...{ name: "production", kind: "production", host: "ssh://ops@10.0.0.4", copy: null },
    drift: "staging is ahead",
    underWay: {
      verb: "backup",
      step: "store n8n",
      since: at(0.7),
      stepSince: at(0.3),
      who: "ada@laptop",
      cutOff: false,
    },
    stack: { deployed: true, egress: "open", lockedBy: "ada@laptop (backup)", services: services(4_300) },
    release: { id: "r-0136e10e000d", at: at(4_300) },
    backup: {
      ...{ at: at(9 * 60), result: "succeeded", verified: true },
      proven: { id: "backup-20261121-020000", at: at(9 * 60) },
    },
    drill: { at: at(50 * 60), result: "succeeded" },
    health: {
      ...{ ...health, status: "degraded", uptime24h: 0.99712, openIncidents: 1 },
      failing: [
        {
          ...{ check: "letta memory", service: "letta", status: "degraded", seen: "91 % of 2 GiB" },
          ...{ expected: "below 90 %", next: "pnpm logs letta --environment production" },
        },
      ],
      notices: [
        {
          ...{ at: at(6), what: "production: letta is degraded: letta memory", channel: "chat", result: "sent" },
          why: null,
        },
        {
          ...{ at: at(6), what: "production: letta is degraded: letta memory", channel: "mail", result: "failed" },
          why: "550 no such mailbox",
        },
      ],
    },
  };
  const run = (minutes: number, more: Partial<Run>): Run => ({
    ...{ id: `17000000${String(minutes).padStart(5, "0")}-0123abcd`, action: "promote", title: "Prove staging" },
    ...{ command: "pnpm promote --check --environment production --yes", environment: "production", who: "ada" },
    ...{ startedAt: at(minutes), endedAt: at(minutes - 2), state: "succeeded", exitCode: 0, ...more },
  });
  return {
    "/api/console/overview": { environments: [staging, production] } satisfies Overview,
    "/api/console/runs": {
      runs: [
        run(1, { title: "Take a backup", state: "running", endedAt: null, exitCode: null, action: "backup" }),
        run(64, {}),
        run(90, { title: "Copy production to staging", environment: "staging", action: "sync:production", who: "bob" }),
        run(300, { title: "Apply workflow migrations", environment: "staging", state: "failed", exitCode: 1 }),
      ],
    },
    [`/api/console/runs/${running}`]: {
      ...run(1, { id: running, title: "Take a backup", state: "running", endedAt: null, exitCode: null }),
      command: "pnpm backup --environment production --verify",
      ...{ result: null, error: null, logEnd: 0, log: said, pid: 48_211 },
    },
    "/api/console/runs/1700000000090-0123abcd": {
      ...run(90, {
        title: "Copy production to staging",
        environment: "staging",
        action: "sync:production",
        who: "bob",
      }),
      ...{ error: null, logEnd: 0, log: "", result: copied, pid: null },
    },
    "/api/console/releases/staging": releases("staging", at),
    "/api/console/releases/production": releases("production", at),
    "/api/console/receipts/r-07888fe00c7e": receipt(at),
    "/api/console/views/promotion-plan": promotionPlan,
    "/api/console/views/rollback-points": rollbackPoints(at),
    "/api/console/views/policy": policy,
    "/api/console/views/copy-plan": copyPlan,
    "/api/console/views/workflows": workflows,
    "/api/console/views/workflow-diff": workflowDiff,
    "/api/console/views/records": fleet(at),
    "/api/console/views/record-history": { records: [{ entity_type: "customers", deleted: false, row: ours }] },
    "/api/console/views/snapshots": snapshots(at),
    "/api/console/views/snapshot-figures": [
      {
        verb: "team:push",
        runs: 18,
        failed: 1,
        successPercent: 94.4,
        medianSeconds: 41,
        failures: [{ error: "The place cannot be reached", times: 1 }],
      },
      { verb: "team:pull", runs: 11, failed: 0, successPercent: 100, medianSeconds: 73, failures: [] },
    ],
    ...fullSync(at),
  };
}

const running = "1700000000001-0123abcd";

const said = `› Take the lock
✔ Take the lock
› Hold the writers still
✔ Hold the writers still: 610 ms
› Store databases
  n8n: 212 MB of 532 MB, 41 MB/s, 8 s left
`;

const copied = {
  ...{ id: "20261121-170501", from: "production", to: "staging", verified: true, swapped: true, leaks: 0 },
  databases: [
    { name: "app", tables: 12, rows: 204_518, masked: 31 },
    { name: "letta", tables: 41, rows: 18_204, masked: 12 },
  ],
  ...{ notes: ["12 files of n8n stayed in production"], seconds: 61.4 },
};

type At = (minutes: number) => string;

function releases(environment: string, at: At): Releases {
  const past = (index: number) => ({
    ...{ release: `r-${(0x07888fe00c7e - index * 7_919_333).toString(16).padStart(12, "0")}`, current: index === 0 },
    ...{ verb: environment === "staging" ? "deploy:staging" : "promote", who: index % 3 ? "ada@laptop" : "bob@desk" },
    ...{ at: at(52 + index * 700), seconds: 60 + ((index * 13) % 40), receipt: "yes" as const },
    ...(index === 2
      ? { result: "failed" as const, why: "letta was not well after 600 s: taken back" }
      : { result: "succeeded" as const, why: null }),
  });
  return { environment, releases: Array.from({ length: 60 }, (_, index) => past(index)), more: false };
}

function receipt(at: At): ReceiptView {
  return {
    ...{ release: "r-07888fe00c7e", commit: "5f5803a51832".padEnd(40, "0"), staging: "staging", by: "ada@laptop" },
    ...{ at: at(12), holdsUntil: at(12 - 24 * 60), copy: { id: "20261121-170501", at: at(26 * 60) } },
    images: [
      {
        ...{ service: "n8n", reference: "n8nio/n8n:2.41.1", id: `sha256:${"1".repeat(64)}` },
        digest: `n8nio/n8n@sha256:${"a".repeat(64)}`,
      },
      { service: "haproxy", reference: "understudy/haproxy:3", digest: null, id: `sha256:${"2".repeat(64)}` },
    ],
    health: { at: at(12), passed: ["n8n readiness", "postgres login"], failed: [] },
    workflows: { at: at(12), passed: ["order intake"], failed: [] },
  };
}

const promotionPlan = {
  release: "r-07888fe00c7e",
  gates: [
    { name: "work-tree", passed: true, seen: "clean, staging's commit is 5f5803a51832" },
    { name: "receipt-present", passed: true, seen: "release r-07888fe00c7e, made by ada@laptop" },
    { name: "receipt-fresh", passed: true, seen: "0.2 h old, at most 24 h" },
    { name: "copy-age", passed: true, seen: "26 hours, at most 72" },
    { name: "rehearsal", passed: true, seen: "2 migrations ran on the copy in 12.5 s" },
    { name: "production", passed: false, seen: "locked by ada@laptop (backup)", next: "Wait until it ends" },
  ],
  plan: [
    { kind: "container", name: "n8n", action: "replace", because: ["image 2.41.0 → 2.41.1"] },
    { kind: "container", name: "letta", action: "replace", because: ["environment (LETTA_PG_POOL)"] },
  ],
  expected: [
    { service: "n8n", manner: "hold", seconds: 6 },
    { service: "letta", manner: "overlap", seconds: 0 },
  ],
};

function rollbackPoints(at: At) {
  return [
    {
      tag: "rollback-20261122-012038",
      time: at(1_100),
      backup: "b",
      verified: true,
      size: 542_068_788,
      differs: ["n8n: 2.41.0, not 2.41.1", "docker-compose.yml"],
    },
    {
      tag: "rollback-20261119-160210",
      time: at(4_300),
      backup: "b",
      verified: true,
      size: 538_112_004,
      differs: ["4 images", "2 files"],
    },
    {
      tag: "rollback-20261108-091544",
      time: at(20_300),
      backup: null,
      verified: false,
      size: null,
      differs: [],
      problem: "its images are gone: letta",
    },
  ];
}

const policy = {
  ...{ environment: "production", file: "sanitize.yml", decided: false },
  graph: {
    proposals: [{ called: "neo4j :Person.mail", rule: "email", because: "its name says email" }],
    refused: [],
  },
  databases: [
    {
      name: "app",
      proposals: [
        {
          called: "app public.customers.nickname",
          rule: { mask: "name" },
          because: "called nickname; values look like names (96 %)",
        },
        {
          called: "app public.customers.contact $.phones[*]",
          rule: { mask: "phone" },
          because: "values look like phone numbers",
        },
        {
          called: "app public.audit_events",
          rule: "drop",
          because: "18 million rows that nothing refers to",
        },
        {
          called: "app public.orders.remark",
          rule: null,
          because: "free text: nothing tells what people write here",
        },
      ],
      refused: [],
      notes: [],
    },
  ],
};

const copyPlan = {
  ...{ from: "production", to: "staging" },
  databases: [
    {
      ...{ name: "app", bytes: 208_000_000 },
      tables: [
        {
          ...{ table: "public.customers", action: "copy", because: "sanitize.yml", rows: 204_518, bytes: 88_000_000 },
          columns: [
            { name: "mail", what: "mask email", because: "sanitize.yml" },
            { name: "city", what: "keep", because: "sanitize.yml" },
          ],
        },
        {
          ...{
            table: "public.audit_events",
            action: "drop rows",
            because: "sanitize.yml",
            rows: null,
            bytes: 9_000_000,
          },
          columns: [],
        },
      ],
    },
  ],
};

const workflowDiff = {
  ...{ from: "20261122_120000_order-intake.sql", to: "staging", same: false },
  diff: {
    fields: [{ path: "settings.timezone", before: "Europe/Berlin", after: "Europe/London" }],
    added: [{ name: "Check stock", type: "n8n-nodes-base.postgres" }],
    removed: [{ name: "Old mail", type: "n8n-nodes-base.emailSend" }],
    changed: [
      {
        ...{ name: "Read order", type: "n8n-nodes-base.webhook" },
        changes: [{ path: "parameters.path", before: "order", after: "orders/new" }],
      },
    ],
    moved: ["Answer"],
    connected: [{ from: "Read order", to: "Check stock" }],
    disconnected: [{ from: "Read order", to: "Old mail" }],
  },
};

const workflows = {
  environments: [
    {
      ...{ environment: "staging", unreachable: null, applied: 14, problems: [] },
      pending: ["20261122_120000_order-intake.sql", "20261122_121500_support-triage.sql"],
      workflows: [
        { id: "a", name: "Customer onboarding", state: "same", migration: "x", live: true },
        { id: "b", name: "Order intake", state: "changed", migration: "x", live: true },
        { id: "c", name: "Sandbox of Ada", state: "untracked", migration: null, live: false },
      ],
    },
  ],
};

const ours = { name: "Lovelace Ltd.", city: "London", discount: 5, phone: "+44 20 7946 0000" };

function fleet(at: At) {
  const node = (code: string, minutes: number, pending: number, token = "valid", skew = 1_200) => ({
    ...{ node_id: code, node_code: code, last_sync_in: at(minutes), last_sync_out: at(minutes) },
    ...{ pending_changes: pending, skew_ms: skew, token },
  });
  return {
    ...{ version: 88_210, conflicts: 1 },
    nodes: [
      node("tablet-berlin-1", 3, 0),
      node("tablet-berlin-2", 12, 4),
      node("van-7", 2_900, 1_208),
      node("old-phone", 90_000, 0, "expired", -94_000),
    ],
    open_conflicts: [
      {
        ...{ id: "0b0f1f5e-0c5e-4d3c-9d0e-0d6f0f4f2b11", entity_type: "customers", operation: "update" },
        ...{ entity_uuid: "6f1c1a52-0c5e-4d3c-9d0e-0d6f0f4f2b11", arrival_time: at(41) },
        reason: "both wrote city and discount",
        serialized_data: { ...ours, city: "Cambridge", discount: 10 },
      },
    ],
  };
}

function snapshots(at: At) {
  return [
    {
      stamp: "2026-11-22-14-05-09",
      by: "ada@laptop",
      environment: "staging",
      time: at(200),
      bytes: 431_820_100,
      compatible: "same",
      notes: [],
    },
    {
      stamp: "2026-11-20-09-12-44",
      by: "bob@desk",
      environment: "staging",
      time: at(3_400),
      bytes: 402_118_000,
      compatible: "differs",
      notes: ["n8n 2.41.0 here, 2.41.1 there"],
    },
    {
      stamp: "2026-10-02-11-00-00",
      by: "eve@mac",
      environment: "staging",
      time: at(73_000),
      bytes: 377_000_000,
      compatible: "refused",
      notes: ["Postgres 18 there, 17 here"],
    },
  ];
}

function fullSync(at: At): Record<string, unknown> {
  const peer = (name: string, ipAddress: string, local: boolean) => ({
    ...{ nodeId: name, name, url: `https://${ipAddress}:8095`, ipAddress, kind: "staging", fingerprint: null },
    ...{ addedAt: at(9_000), lastSeen: at(1), reachable: local ? null : true, local },
  });
  const session = (minutes: number, more: object) => ({
    ...{ sessionId: `s-${minutes}`, direction: "pull", method: "backup", role: "driver" },
    ...{ peer: { nodeId: "Server B", name: "Server B" }, sourceName: "Server B", targetName: "Server A" },
    options: { compressionEnabled: true, verifyAfterSync: true },
    ...{ status: "completed", phase: "verify", step: 5, steps: 5, currentStep: "", progress: 100, phaseProgress: 100 },
    ...{ bytesTransferred: 20_800_000, totalBytes: 20_800_000, transferSpeed: null, estimatedTimeRemaining: null },
    ...{ startedAt: at(minutes), completedAt: at(minutes - 1), notes: [], verified: true, error: null, tables: [] },
    rows: { inserted: 120, updated: 34, unchanged: 98_410, skipped: 0 },
    ...more,
  });
  const running = session(0.4, {
    ...{ status: "running", phase: "transfer", step: 2, currentStep: "Transferring backup…", progress: 60 },
    ...{ bytesTransferred: 12_500_000, transferSpeed: 31_400_000, estimatedTimeRemaining: 45, completedAt: null },
    ...{ rows: null, verified: null },
  });
  const past = [
    running,
    session(62, { direction: "push" }),
    session(128, {
      status: "failed",
      rows: null,
      verified: null,
      error: { message: "Server B does not answer any more", next: "Resume it when it is back" },
    }),
    session(1_500, {
      tables: [
        {
          ...{ table: "public.customers", rows: 12, inserted: 3, updated: 2, unchanged: 7, skipped: 0 },
          ...{ conflicts: ["77"], notes: ["its sequence was set to 90"], verified: false },
        },
      ],
    }),
  ];
  return {
    "/api/admin/sync/peers": {
      peers: [peer("Server A", "192.168.0.112", true), peer("Server B", "192.168.0.114", false)],
    },
    "/api/admin/sync/full-sync/sessions": { sessions: past, more: false },
    "/api/admin/sync/full-sync/sessions/s-1500": { session: past.at(-1) },
    "/api/admin/sync/full-sync/sessions/s-1500/log": {
      log: [{ id: 1, at: at(1_500), level: "info", phase: "transfer", text: "20.8 MB in 3 chunks" }],
    },
    "/api/admin/sync/periodic": {
      ...{ enabled: true, everySeconds: 30, peer: "Server B", tables: ["customers", "orders", "stock"], state: "idle" },
      ...{ pausedBecause: null, lastExchange: at(0.3), lagSeconds: 2, pendingChanges: 0, conflicts: 1, error: null },
    },
  };
}
