import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findInstallation } from "@understudy/core";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cannotJoinNetworks, startTwoNetworks, type TwoNetworks } from "../../peers/test/support/two-networks.ts";
import type { Pair, TestServer } from "../../peers/test/support/two-servers.ts";
import { Accounts } from "../src/access/accounts.ts";
import { hashPassword } from "../src/access/password.ts";
import { password } from "../src/testing.ts";
import { desktop, ensurePage, phone, visit } from "./support/browser.ts";

const schema = "CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL)";
const fill = (from: number) =>
  `INSERT INTO people SELECT i, 'person ' || i FROM generate_series(${from}, ${from + 4_999}) i`;
const consoleVerb = join(import.meta.dirname, "../src/cli/console.ts");

if (cannotJoinNetworks) console.warn(`SKIPPED, two networks: ${cannotJoinNetworks}`);

describe.skipIf(cannotJoinNetworks)("two servers, each in a network of its own, by page", () => {
  let networks: TwoNetworks;
  let pair: Pair;
  beforeAll(async () => {
    await ensurePage();
    networks = await startTwoNetworks();
    pair = await networks.pair();
    for (const one of [pair.a, pair.b]) {
      await one.run(schema);
      await mayLogIn(one);
    }
    await pair.a.run(fill(1));
    await pair.b.run(fill(3_001));
  });
  afterAll(async () => {
    await pair?.[Symbol.asyncDispose]();
    await networks?.[Symbol.asyncDispose]();
  });

  it.each([
    ["a", "pull", "Server B", "desktop", desktop],
    ["b", "push", "Server A", "phone", phone],
    ["b", "pull", "Server A", "desktop", desktop],
    ["a", "push", "Server B", "phone", phone],
  ] as const)(
    "sync in full, begun on the page of %s: %s with %s, on a %s",
    async (who, direction, peer, _, viewport) => {
      const own = pair[who];
      const other = who === "a" ? pair.b : pair.a;
      const began = new Date().toISOString();
      // Its agent runs beside, and has the same book.
      const serving = own.begin(consoleVerb, "--no-build");
      await using browser = disposable(await launchWithin(networks[who].within, own));
      try {
        const { page } = await patiently(() => visit(browser.browser, "http://127.0.0.1:8470", { viewport }));
        await page.goto("/sync/full");
        await page.getByText(peer, { exact: true }).first().click();
        await page.getByRole("radio", { name: new RegExp(`^${direction}`, "i") }).check({ force: true });
        await page.getByRole("button", { name: "Start full sync" }).click();
        await page.getByRole("alertdialog").getByRole("button", { name: "Start", exact: true }).click();
        const newest = () =>
          own.sessions().find(({ role, startedAt }) => role === "driver" && startedAt > began)?.status;
        await expect.poll(newest, { timeout: 120_000 }).toBe("completed");
        await page.getByText("Verified: both sides are the same.").first().waitFor();
        const [source, target] = direction === "pull" ? [other, own] : [own, other];
        expect(new Set(await target.rowsOf("people")).isSupersetOf(new Set(await source.rowsOf("people")))).toBe(true);
        expect(own.sessions()[0]).toMatchObject({ direction, role: "driver", verified: true });
      } finally {
        serving.kill("SIGTERM");
        await new Promise((resolve) => serving.once("exit", resolve));
      }
    },
  );

  it("are the same in the end", async () => {
    expect(await pair.a.rowsOf("people")).toEqual(await pair.b.rowsOf("people"));
    expect(await pair.a.rowsOf("people")).toHaveLength(8_000);
  });
});

async function mayLogIn({ root }: TestServer): Promise<void> {
  process.env.UNDERSTUDY_ROOT = root;
  using accounts = Accounts.of(findInstallation());
  accounts.putUser({ name: "operator", role: "operator" }, await hashPassword(password));
}

/** Debian's Chromium, in a server's network: it is driven by pipes, which need none. */
async function launchWithin(within: readonly string[], { root }: TestServer): Promise<Browser> {
  const script = join(root, "chromium");
  writeFileSync(script, `#!/bin/sh\nexec ${within.join(" ")} /usr/bin/chromium "$@"\n`);
  chmodSync(script, 0o755);
  return await chromium.launch({ executablePath: script, args: ["--no-sandbox"] });
}

function disposable(browser: Browser) {
  return { browser, [Symbol.asyncDispose]: () => browser.close() };
}

/** A console that was just started does not answer yet. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries > 30 || !String(error).includes("ERR_CONNECTION_REFUSED")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}
