import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { type ChannelSettings, dayOf, Outbox, openLog, parseEnvFile, renderEnvFile, secrets } from "@understudy/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Alert } from "../src/alerts/alert.ts";
import { openChannel } from "../src/alerts/channels/registry.ts";
import { Courier } from "../src/alerts/courier.ts";
import { anAlert } from "../src/alerts/testing.ts";
import { type Certificate, httpReceiver, makeCertificate, smtpReceiver, trust } from "./support/receivers.ts";

const checkout = resolve(import.meta.dirname, "../../..");
const minute = 60_000;
const account = { user: "understudy", password: "smtp-pass-3141592653" };

let folder: string;
let certificate: Certificate;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "alerts-"));
  certificate = makeCertificate(folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("e-mail", () => {
  it("is refused while the server's certificate is not trusted, before anything is said in clear", async () => {
    await using server = await smtpReceiver(account, { ...certificate });
    const office = openOffice({ mail: email(server.port) });
    office.enqueue("mail", "i-1:problem");
    await office.tick();
    expect(office.error("mail")).toMatch(/self.signed certificate/);
    expect([server.logins, server.mails.length]).toEqual([0, 0]);
    trust(certificate);
    office.later(minute);
    await office.tick();
    expect(server.mails.length).toBe(1);
  });

  it("arrives once, over STARTTLS and login, all of an incident in one conversation", async () => {
    trust(certificate);
    await using server = await smtpReceiver(account, { ...certificate });
    const office = openOffice({ mail: email(server.port) });
    office.enqueue("mail", "i-1:problem");
    office.enqueue("mail", "i-1:problem");
    office.enqueue("mail", "i-1:recovery", { kind: "recovery" });
    await office.tick();
    await office.tick();
    expect(server.mails.map(({ raw }) => header(raw, "subject"))).toEqual([
      "staging: postgres is down (also affects n8n)",
      "staging: postgres is healthy again after 1 min",
    ]);
    expect(server.mails[0]?.to).toEqual(["ops@example.org"]);
    const [problem = "", recovery = ""] = server.mails.map(({ raw }) => raw);
    expect(header(problem, "message-id")).toMatch(/^<\w{32}@example\.org>$/);
    expect(header(problem, "message-id")).not.toBe(header(recovery, "message-id"));
    expect(header(problem, "references")).toBe(header(recovery, "references"));
    expect(problem).toContain("postgres query: connect ECONNREFUSED");
    expect(office.pending()).toEqual([]);
  });

  it("does not go out in clear when the server knows no STARTTLS", async () => {
    await using server = await smtpReceiver(account, { ...certificate, disabledCommands: ["STARTTLS"] });
    const office = openOffice({ mail: email(server.port) });
    office.enqueue("mail", "i-1:problem");
    await office.tick();
    expect(office.error("mail")).toMatch(/STARTTLS/);
    expect([server.logins, server.mails.length]).toEqual([0, 0]);
  });

  it("says that the password is wrong, and not which it is", async () => {
    trust(certificate);
    await using server = await smtpReceiver({ ...account, password: "another" }, { ...certificate });
    const office = openOffice({ mail: email(server.port) });
    office.enqueue("mail", "i-1:problem");
    await office.tick();
    expect(office.error("mail")).toMatch(/^localhost:\d+: Invalid login: 535 /);
    expect(office.everythingKept()).not.toContain(account.password);
  });

  it("does not wait for a server that never greets", async () => {
    await using mute = await httpReceiver();
    const office = openOffice({ mail: email(mute.port) }, { patience: 300 });
    office.enqueue("mail", "i-1:problem");
    await office.tick();
    expect(office.error("mail")).toBe(`localhost:${mute.port}: no answer within 0.3 s`);
  });

  it("says whom the server did not take it for", async () => {
    trust(certificate);
    await using server = await smtpReceiver(account, {
      ...certificate,
      onRcptTo: ({ address }, _session, done) => done(address.startsWith("gone") ? new Error("no such user") : null),
    });
    const office = openOffice({ mail: { ...email(server.port), to: ["ops@example.org", "gone@example.org"] } });
    office.enqueue("mail", "i-1:problem");
    await office.tick();
    expect(server.mails.map(({ to }) => to)).toEqual([["ops@example.org"]]);
    expect(office.log()).toContain("localhost took it for ops@example.org, not for gone@example.org");
  });

  it("lets the next mail pass one that the server does not take", async () => {
    trust(certificate);
    const taken: string[] = [];
    await using server = await smtpReceiver(account, {
      ...certificate,
      onData: (stream, _session, done) => {
        text(stream).then((raw) => {
          if (raw.includes("i-1")) return done(Object.assign(new Error("looks like spam"), { responseCode: 554 }));
          taken.push(header(raw, "subject"));
          done();
        });
      },
    });
    const office = openOffice({ mail: email(server.port) });
    office.enqueue("mail", "i-1:problem");
    office.enqueue("mail", "i-2:problem", { id: "i-2" });
    await office.tick();
    expect(taken).toEqual(["staging: postgres is down (also affects n8n)"]);
    expect(office.pending()).toMatchObject([{ waiting: 1, error: expect.stringContaining("looks like spam") }]);
  });

  function email(port: number): Extract<ChannelSettings, { type: "email" }> {
    return {
      type: "email",
      from: "understudy@example.org",
      to: ["ops@example.org"],
      host: "localhost",
      port,
      security: "starttls",
      user: account.user,
      password: "${SMTP_PASSWORD}",
      environments: [],
    };
  }
});

describe("HTTP", () => {
  it("takes the alert to a webhook, to n8n and to Slack, each in its form, once", async () => {
    await using server = await httpReceiver();
    const office = openOffice({
      hook: webhook(`${server.url}/hook`),
      flow: { type: "n8n", url: `${server.url}/webhook/alert`, environments: [] },
      chat: { type: "slack", url: `${server.url}/services/x`, environments: [] },
    });
    for (const channel of ["hook", "flow", "chat"]) office.enqueue(channel, "i-1:problem");
    await office.tick();
    await office.tick();
    const bodies = Object.fromEntries(server.received.map(({ path, body }) => [path, JSON.parse(body)]));
    expect(server.received.length).toBe(3);
    expect(bodies["/hook"]).toMatchObject({ ...anAlert(), title: "staging: postgres is down (also affects n8n)" });
    expect(bodies["/hook"].text).toContain("Try: pnpm logs postgres");
    expect(bodies["/webhook/alert"]).toEqual(bodies["/hook"]);
    expect(bodies["/services/x"].blocks[0].text.text).toBe("*staging: postgres is down (also affects n8n)*");
    const hook = server.received.find(({ path }) => path === "/hook");
    expect(hook?.headers).toMatchObject({
      "idempotency-key": "i-1:problem",
      authorization: "Bearer hook-token-271828",
    });
  });

  it("delivers in order, the recovery too, once a receiver is back that was down for an hour", async () => {
    const before = await httpReceiver();
    await before[Symbol.asyncDispose]();
    const office = openOffice({ hook: webhook(before.url) });
    office.enqueue("hook", "i-1:problem");
    await office.tickFor(30 * minute);
    office.enqueue("hook", "i-2:problem", { id: "i-2", service: "neo4j" });
    office.enqueue("hook", "i-1:recovery", { kind: "recovery" });
    await office.tickFor(30 * minute);
    expect(office.error("hook")).toMatch(/ECONNREFUSED/);
    await using server = await httpReceiver(undefined, before.port);
    await office.tickFor(11 * minute);
    expect(server.received.map(({ headers }) => headers["idempotency-key"])).toEqual([
      "i-1:problem",
      "i-2:problem",
      "i-1:recovery",
    ]);
    expect(JSON.parse(server.received[0]?.body ?? "").text).toMatch(/^Sent 1 h.* late/m);
    expect(office.pending()).toEqual([]);
  });

  it("tries again after a 500, and after an answer that was lost, with the same key", async () => {
    await using server = await httpReceiver((response, count) => {
      if (count === 1) response.writeHead(500).end("workflow crashed");
      else if (count === 2) response.destroy();
      else response.end();
    });
    const office = openOffice({ hook: webhook(server.url) });
    office.enqueue("hook", "i-1:problem");
    await office.tick();
    expect(office.error("hook")).toBe(`${new URL(server.url).host} answered 500: workflow crashed`);
    await office.tickFor(2 * minute);
    expect(server.received.map(({ headers }) => headers["idempotency-key"])).toEqual(Array(3).fill("i-1:problem"));
    expect(office.pending()).toEqual([]);
  });

  it.each([
    [429, () => "120"],
    [503, (now: number) => new Date(now + 2 * minute).toUTCString()],
  ])("comes back after a %d when it is asked to", async (status, retryAfter) => {
    const office = openOffice({});
    await using server = await httpReceiver((response, count) => {
      if (count === 1) response.writeHead(status, { "retry-after": retryAfter(office.now()) });
      response.end();
    });
    office.open({ hook: webhook(server.url) });
    office.enqueue("hook", "i-1:problem");
    await office.tick();
    await office.tickFor(2 * minute - 2_000);
    expect(server.received.length).toBe(1);
    await office.tickFor(3_000);
    expect(server.received.length).toBe(2);
    expect(office.pending()).toEqual([]);
  });

  it("does not wait for a receiver that hangs, nor let others wait", async () => {
    await using hanging = await httpReceiver(() => {});
    await using server = await httpReceiver();
    const office = openOffice({ stuck: webhook(hanging.url), hook: webhook(server.url) }, { patience: 300 });
    office.enqueue("stuck", "i-1:problem");
    office.enqueue("hook", "i-1:problem");
    const tick = office.tick();
    await expect.poll(() => server.received.length, { interval: 5, timeout: 250 }).toBe(1);
    await tick;
    expect(office.error("stuck")).toMatch(/: no answer within 0\.3 s$/);
  });

  it.each([200, 500])("reads no more than the beginning of a 5 GB answer to a %d", async (status) => {
    let written = 0;
    let closed = false;
    await using server = await httpReceiver((response) => {
      response.on("close", () => {
        closed = true;
      });
      response.writeHead(status);
      pour(response, 5e9, (bytes) => {
        written += bytes;
      });
    });
    const office = openOffice({ hook: webhook(server.url) });
    office.enqueue("hook", "i-1:problem");
    await office.tick();
    await expect.poll(() => closed).toBe(true);
    expect(written).toBeLessThan(50e6);
    if (status === 200) expect(office.pending()).toEqual([]);
    else expect(office.error("hook")).toMatch(/answered 500: x{299}…$/);
  });

  it("does not follow a redirect", async () => {
    await using elsewhere = await httpReceiver();
    await using server = await httpReceiver((response) => response.writeHead(307, { location: elsewhere.url }).end());
    const office = openOffice({ hook: webhook(server.url) });
    office.enqueue("hook", "i-1:problem");
    await office.tick();
    expect(office.error("hook")).toContain(`answered 307 (to ${elsewhere.url}; redirects are not followed`);
    expect(elsewhere.received).toEqual([]);
  });

  it("shows no secret: not in a message, not in the log, not in the outbox, even when the receiver repeats it", async () => {
    const planted = "planted-secret-161803";
    secrets.add([planted]);
    await using server = await httpReceiver((response, _count, { path, headers, body }) => {
      response.writeHead(500).end(`${path} ${headers.authorization} ${body.slice(0, 50)}`);
    });
    const office = openOffice(
      {
        hook: webhook(server.url),
        chat: { type: "slack", url: "${CHAT_URL}", environments: [] },
      },
      { values: { CHAT_URL: `${server.url}/services/T0/chat-secret-57721566490` } },
    );
    const lines = [`FATAL: password authentication failed: ${planted}`];
    office.enqueue("hook", "i-1:problem", { evidence: { lastLogLines: lines, commands: [] } });
    office.enqueue("chat", "i-1:problem", { evidence: { lastLogLines: lines, commands: [] } });
    await office.tick();
    expect(server.received.length).toBe(2);
    expect(office.error("hook")).toContain("answered 500: / Bearer ‹secret›");
    const shown = [office.everythingKept(), ...server.received.map(({ body }) => body)].join("\n");
    expect(shown).toContain("password authentication failed: ‹secret›");
    for (const secret of [planted, "hook-token-271828", "chat-secret-57721566490"]) expect(shown).not.toContain(secret);
  });
});

describe("kill -9", () => {
  it("between enqueueing and delivery loses nothing: the next courier delivers", async () => {
    const database = join(folder, "killed.db");
    const child = spawn(
      process.execPath,
      [
        "--input-type=module-typescript",
        "--eval",
        `import { DatabaseSync } from "node:sqlite";
         import { Outbox } from "@understudy/core";
         import { anAlert } from "./src/alerts/testing.ts";
         const db = new DatabaseSync(process.env.DATABASE!);
         const outbox = new Outbox(db);
         db.exec("begin");
         outbox.enqueue({ channel: "hook", key: "i-1:problem", payload: anAlert(), at: 0 });
         db.exec("commit; begin");
         outbox.enqueue({ channel: "hook", key: "half done", payload: anAlert(), at: 0 });
         console.log("enqueued");
         setInterval(() => {}, 1000);`,
      ],
      {
        cwd: join(checkout, "packages/health"),
        env: { ...process.env, DATABASE: database },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const ended = once(child, "exit");
    const [said] = await Promise.race([once(child.stdout, "data"), ended]);
    expect(String(said)).toBe("enqueued\n");
    child.kill("SIGKILL");
    await ended;
    await using server = await httpReceiver();
    const office = openOffice({ hook: webhook(server.url) }, { database });
    await office.tick();
    expect(server.received.map(({ headers }) => headers["idempotency-key"])).toEqual(["i-1:problem"]);
    expect(office.pending()).toEqual([]);
  });
});

describe("pnpm alerts:test", () => {
  it("sends a test through each channel, says what became of it, and exits 1 if one failed", async () => {
    await using good = await httpReceiver();
    await using bad = await httpReceiver((response) => response.writeHead(403).end("bad token: cli-token-141421356"));
    const root = mkdtempSync(join(folder, "root-"));
    const template = readFileSync(join(checkout, "compose/env.template"), "utf8");
    const file = `${renderEnvFile(template, () => "generated")}\nCLI_TOKEN=cli-token-141421356\n`;
    writeFileSync(join(root, ".env.staging"), file, { mode: 0o600 });
    const settings = (channels: object) =>
      writeFileSync(join(root, "understudy.yml"), JSON.stringify({ alerts: { channels } }));
    expect(Object.keys(parseEnvFile(file))).toContain("CLI_TOKEN");

    settings({ good: { type: "webhook", url: good.url, headers: { authorization: "Bearer ${CLI_TOKEN}" } } });
    const passed = await alertsTest(root, "--json");
    expect(passed).toMatchObject({ exitCode: 0, stderr: "" });
    expect(JSON.parse(passed.stdout)).toEqual({
      environment: "staging",
      channels: [{ name: "good", type: "webhook", delivered: true, ms: expect.any(Number) }],
    });
    expect(good.received[0]?.headers.authorization).toBe("Bearer cli-token-141421356");
    expect(JSON.parse(good.received[0]?.body ?? "")).toMatchObject({
      kind: "test",
      title: "staging: test alert, nothing is wrong",
    });

    settings({
      good: { type: "n8n", url: good.url },
      bad: { type: "webhook", url: bad.url, headers: { authorization: "Bearer ${CLI_TOKEN}" } },
      unset: { type: "slack", url: "${NOT_SET}" },
    });
    const failed = await alertsTest(root);
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout.split("\n")).toEqual([
      expect.stringMatching(/^good \(n8n\): delivered in \d+ ms$/),
      `bad (webhook): NOT delivered: ${new URL(bad.url).host} answered 403: bad token: ‹secret›`,
      expect.stringMatching(
        /^unset \(slack\): NOT delivered: .*alerts\.channels\.unset\.url names \$\{NOT_SET\}, and .*\. Add a line/,
      ),
      "",
    ]);
    expect(await alertsTest(root, "good")).toMatchObject({ exitCode: 0 });
    expect((await alertsTest(root, "nope")).stderr).toBe(
      'error: No channel of staging is called "nope". understudy.yml has: good, bad, unset\n',
    );
  });
});

/** An outbox in a file, a courier with real channels and a log, on a clock of its own. */
function openOffice(
  settings: Readonly<Record<string, ChannelSettings>>,
  {
    values: more = {} as Readonly<Record<string, string>>,
    database = join(mkdtempSync(join(folder, "office-")), "outbox.db"),
    /** ms until an answer counts as missing: short only where that is what is tested, or a busy machine fails the rest. */
    patience = 5_000,
  } = {},
) {
  const values = { SMTP_PASSWORD: account.password, HOOK_TOKEN: "hook-token-271828", ...more };
  const file = { path: ".env.staging", fresh: false, values };
  const logsDir = mkdtempSync(join(folder, "logs-"));
  const today = new Date();
  const log = openLog({ logsDir } as Parameters<typeof openLog>[0], "health", "monitor", () => today);
  const outbox = new Outbox(new DatabaseSync(database), () => 1);
  let now = anAlert().at;
  let courier = courierFor(settings);

  const office = {
    now: () => now,
    open: (channels: typeof settings) => {
      courier = courierFor(channels);
    },
    enqueue: (channel: string, key: string, fields: Partial<Alert> = {}) =>
      outbox.enqueue({ channel, key, payload: anAlert(fields), at: now }),
    tick: () => courier.tick(),
    later: (ms: number) => {
      now += ms;
    },
    /** Let time pass, with a tick every second. */
    tickFor: async (ms: number) => {
      for (const end = now + ms; now < end; now += 1_000) await courier.tick();
    },
    pending: () => outbox.pending(),
    error: (channel: string) => outbox.pending().find((one) => one.channel === channel)?.error,
    log: () => readFileSync(join(logsDir, "health", `monitor-${dayOf(today)}.log`), "utf8"),
    everythingKept: () => {
      const errors = outbox.pending().map(({ error }) => error);
      return [office.log(), ...errors].join("\n");
    },
  };
  return office;

  function courierFor(channels: typeof settings): Courier {
    return new Courier({
      outbox: {
        due: async (at, limit) => outbox.due(at, limit),
        delivered: async (id, at) => outbox.delivered(id, at),
        failed: async (id, error, at, refusal) => outbox.failed(id, error, at, structuredClone(refusal)),
        undeliverable: async (id, why, at) => outbox.undeliverable(id, why, at),
      },
      channels: new Map(Object.entries(channels).map(([name, one]) => [name, openChannel(name, one, file, patience)])),
      log,
      now: () => now,
      rest: 0,
    });
  }
}

function webhook(url: string): ChannelSettings {
  return { type: "webhook", url, headers: { authorization: "Bearer ${HOOK_TOKEN}" }, environments: [] };
}

/** A header of a raw mail, unfolded. */
function header(raw: string, name: string): string {
  const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replaceAll(/\r\n[ \t]+/g, " ");
  return new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1]?.trim() ?? "";
}

function pour(response: ServerResponse, bytes: number, count: (bytes: number) => void): void {
  const chunk = Buffer.alloc(65_536, "x");
  let left = bytes;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      count(chunk.length);
      if (!response.write(chunk)) return void response.once("drain", more);
    }
    response.end();
  };
  more();
}

async function alertsTest(root: string, ...flags: string[]) {
  const child = spawn(process.execPath, ["packages/health/src/cli/alerts-test.ts", ...flags], {
    cwd: checkout,
    env: { ...process.env, UNDERSTUDY_ROOT: root },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { exitCode, stdout, stderr };
}
