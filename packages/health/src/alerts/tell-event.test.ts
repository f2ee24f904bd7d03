import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { findInstallation, parseSettings, resolveEnvironment } from "@understudy/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { tellEvent } from "./tell-event.ts";

const event = { service: "team", name: "a snapshot was shared", seen: "ann shared staging", expected: "nothing" };
const received: string[] = [];
const server = createServer(async (request, response) => {
  received.push(await text(request));
  response.end();
});
let root: string;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "understudy-tell-"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true });
});

it("tells an event by every channel of the environment, and says of those that do not answer", async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const settings = parseSettings(
    `alerts: { channels: { chat: { type: webhook, url: "${url}" }, gone: { type: webhook, url: "http://127.0.0.1:1/" },
       others: { type: webhook, url: "${url}", environments: [production] } } }`,
    "understudy.yml",
  );
  const installation = findInstallation({ UNDERSTUDY_ROOT: root });
  const target = { installation, settings, environment: resolveEnvironment(settings, "staging") };
  const problems = await tellEvent(target, event);
  expect(problems).toEqual([expect.stringMatching(/^gone: /)]);
  expect(received).toHaveLength(1);
  expect(JSON.parse(received[0] ?? "")).toMatchObject({ kind: "event", environment: "staging", service: "team" });
  expect(received[0]).toContain("ann shared staging");
});
