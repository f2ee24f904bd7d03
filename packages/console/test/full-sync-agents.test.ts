import type { AddressInfo } from "node:net";
import { findInstallation, loadSettings, silentLog } from "@understudy/core";
import { chooseTarget } from "@understudy/environment";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Machines, type Pair, startMachines } from "../../peers/test/support/two-servers.ts";
import { Accounts } from "../src/access/accounts.ts";
import { hashPassword } from "../src/access/password.ts";
import { agentBeside } from "../src/full-sync.ts";
import { builtPage, createConsole } from "../src/serve-console.ts";
import { password } from "../src/testing.ts";
import { desktop, ensurePage, launch, visit } from "./support/browser.ts";

const schema = "CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL)";
const fill = (from: number) =>
  `INSERT INTO people SELECT i, 'person ' || i FROM generate_series(${from}, ${from + 4_999}) i`;

let machines: Machines;
let pair: Pair;
let browser: Browser;
let address: string;
let close: () => Promise<void>;

beforeAll(async () => {
  await ensurePage();
  machines = await startMachines();
  pair = await machines.pair();
  const { a, b } = pair;
  await a.run(schema, fill(1));
  await b.run(schema, fill(3_001));
  // The console carries A's agent from here on.
  await a.kill("SIGTERM");
  const { user, host, port, database } = a.postgres;
  process.env.UNDERSTUDY_ROOT = a.root;
  process.env.PEERS_DATABASE_URL = `postgres://${user}:${a.postgres.password}@${host}:${port}/${database}`;
  ({ address, close } = await serve());
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await close?.();
  await pair?.[Symbol.asyncDispose]();
  await machines?.[Symbol.asyncDispose]();
});

async function serve() {
  const installation = findInstallation();
  using accounts = Accounts.of(installation);
  accounts.putUser({ name: "operator", role: "operator" }, await hashPassword(password));
  const target = chooseTarget({ production: true });
  const options = {
    installation,
    settings: loadSettings(installation),
    host: "127.0.0.1",
    page: builtPage,
    log: silentLog,
  };
  const probe = await createConsole({ ...options, port: 0 });
  await probe.listen({ port: 0, host: "127.0.0.1" });
  const { port } = probe.server.address() as AddressInfo;
  await probe.close();
  const server = await createConsole({ ...options, port, beside: agentBeside(target, silentLog) });
  await server.listen({ port, host: "127.0.0.1" });
  return { address: `http://127.0.0.1:${port}`, close: async () => await server.close() };
}

// From both sides, both ways, and on a phone: two-networks.test.ts.
it("the console carries the agent of its server: everything is pulled from the page, verified", async () => {
  const { page, context } = await visit(browser, address, { viewport: desktop });
  await page.goto("/sync/full");
  await page.getByText("Server B", { exact: true }).first().click();
  await page.getByRole("radio", { name: /^Pull/ }).check({ force: true });
  await page.getByRole("button", { name: "Start full sync" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Start", exact: true }).click();
  await page.getByText("Verified: both sides are the same.").first().waitFor({ timeout: 120_000 });
  const [here, there] = [await pair.a.rowsOf("people"), await pair.b.rowsOf("people")];
  expect(here).toHaveLength(8_000);
  expect(new Set(here).isSupersetOf(new Set(there))).toBe(true);
  await page.getByRole("link", { name: "History", exact: true }).click();
  await page.getByRole("table", { name: "Full syncs" }).getByText("completed").first().waitFor();
  await context.close();
});
