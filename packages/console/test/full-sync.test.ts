import { randomUUID } from "node:crypto";
import { AxeBuilder } from "@axe-core/playwright";
import { silentLog } from "@understudy/core";
import { chooseTarget } from "@understudy/environment";
import { type FullSyncOptions, openPeers, type Peers } from "@understudy/peers";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { agentBeside } from "../src/full-sync.ts";
import { desktop, launch, phone, type ServedConsole, serveConsole, sidewards, visit } from "./support/browser.ts";

let served: ServedConsole;
let browser: Browser;
let peers: Peers;
let page: Page;

const options = { compressionEnabled: true, verifyAfterSync: true };
const serverB = { nodeId: randomUUID(), name: "Server B", url: "http://127.0.0.1:9", kind: "staging" } as const;

beforeAll(async () => {
  served = await serveConsole(() => agentBeside(chooseTarget({ environment: "staging" }), silentLog));
  peers = await openPeers(chooseTarget({ environment: "staging" }));
  peers.book.peers.put({ ...serverB, fingerprint: null, token: "t".repeat(43) });
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  peers?.[Symbol.dispose]();
  await served?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await page?.context().close();
  for (const { sessionId } of peers.book.sessions.unfinished()) peers.book.sessions.become(sessionId, "cancelled");
});

async function open(viewport = desktop): Promise<void> {
  ({ page } = await visit(browser, served.address, { viewport }));
  await page.clock.install();
  await page.goto("/sync/full");
  await page.getByRole("button", { name: "Start full sync" }).waitFor();
}

/** A session that this process drives, as the agent writes it into the book. */
function running(more: object = {}, asked: FullSyncOptions = options): string {
  const sessionId = randomUUID();
  peers.book.sessions.insert({
    ...{ sessionId, direction: "pull", method: "backup", role: "driver", options: asked },
    ...{ peer: { nodeId: serverB.nodeId, name: serverB.name }, sourceName: serverB.name, targetName: peers.name },
  });
  peers.book.sessions.update(sessionId, {
    ...{ phase: "transfer", currentStep: "Transferring backup…", progress: 60, phaseProgress: 60 },
    ...{ bytesTransferred: 12_500_000, totalBytes: 20_800_000, transferSpeed: 31_400_000, estimatedTimeRemaining: 45 },
    ...more,
  });
  return sessionId;
}

describe("full sync on the page", () => {
  it("[server] offers every server as a radio button, this one marked and not to be chosen, and keeps the choice", async () => {
    await open();
    const local = page.getByRole("radio", { name: new RegExp(`${peers.name} Local`) });
    expect(await local.isDisabled()).toBe(true);
    await page.getByText("Server B", { exact: true }).click();
    const chosen = page.getByRole("radio", { name: /^Server B/ });
    expect(await chosen.isChecked()).toBe(true);
    // Another one comes, before it in the list.
    const nodeId = randomUUID();
    peers.book.peers.put({ ...serverB, nodeId, name: "Server A", fingerprint: null, token: "u".repeat(43) });
    running();
    await page.clock.fastForward(31_000);
    await page.getByText("Server A", { exact: true }).waitFor();
    expect(await chosen.isChecked()).toBe(true);
    peers.book.peers.remove(nodeId);
  });

  it("[direction] says where from and where to, with arrows, and shows the command", async () => {
    await open();
    await page.getByText("Server B", { exact: true }).click();
    expect(await page.getByRole("radio", { name: "Pull Server B → This server" }).isChecked()).toBe(true);
    await page.locator("label", { hasText: "This server → Server B" }).click();
    expect(await page.getByRole("radio", { name: "Push This server → Server B" }).isChecked()).toBe(true);
    await page.getByText("pnpm sync:full push --peer 'Server B' --compress --verify --environment staging").waitFor();
    expect(await page.locator(".choices.side .lucide-arrow-right").count()).toBe(2);
    await page.getByRole("radio", { name: "HTTP pages" }).click();
    await page.getByText("pnpm sync:full push --peer 'Server B' --compress --verify --method http").waitFor();
  });

  it("[progress] shows the step, the bar, bytes, speed and time left as they are, live", async () => {
    const sessionId = running();
    await open();
    const bar = page.getByRole("progressbar", { name: "Full sync" });
    expect(await bar.getAttribute("aria-valuenow")).toBe("60");
    for (const words of ["Step 2 of 5: Transferring backup…", "60 %", "12.5 MB / 20.8 MB · 31.4 MB/s"]) {
      await page.getByText(words).first().waitFor();
    }
    await page.getByText("Estimated: 45 s remaining").waitFor();
    peers.book.sessions.update(sessionId, { progress: 75, bytesTransferred: 20_800_000 });
    await page.getByText("75 %").first().waitFor();
    expect(await bar.getAttribute("aria-valuenow")).toBe("75");
    peers.book.sessions.log(sessionId, "warning", "Server B went away for 3 s", "transfer");
    await page.getByRole("button", { name: "Detailed log" }).click();
    await page.getByText("WARNING [transfer] Server B went away for 3 s").waitFor();
    await page.reload();
    await page.getByText("75 %").first().waitFor();
    peers.book.sessions.note(sessionId, {
      rows: { inserted: 3, updated: 2, unchanged: 1, skipped: 0 },
      verified: true,
    });
    peers.book.sessions.become(sessionId, "completed");
    await page.getByText("Verified: both sides are the same.").waitFor();
  });

  it("[recent] shows how each of the last ones ended", async () => {
    const failed = running();
    peers.book.sessions.become(failed, "failed", { message: "Server B does not answer any more", next: "Resume it" });
    await open();
    const recent = page.locator("section").filter({ has: page.getByRole("heading", { name: "Recent syncs" }) });
    await recent.getByRole("img", { name: "failed" }).or(recent.getByLabel("failed")).first().waitFor();
    await recent.getByText("Server B does not answer any more").waitFor();
    await recent
      .getByText(/^(just now|[0-9]+ seconds ago)$/)
      .first()
      .waitFor();
    await page.getByRole("link", { name: "History", exact: true }).click();
    const all = page.getByRole("table", { name: "Full syncs" });
    await all.getByText("failed").first().waitFor();
    // However long ago it was, it can be looked at with its log.
    peers.book.sessions.log(failed, "error", "no answer within 30 s", "transfer");
    await all.getByRole("link", { name: "Server B → This server" }).first().click();
    await page.getByRole("heading", { level: 1, name: "A full sync" }).waitFor();
    await page.getByText("Server B does not answer any more").waitFor();
    await page.getByRole("button", { name: "Detailed log" }).click();
    await page.getByText("ERROR [transfer] no answer within 30 s").waitFor();
  });

  it("[errors] says what is wrong and what to do next", async () => {
    await open();
    await page.getByText("Server B", { exact: true }).click();
    await page.getByRole("button", { name: "Start full sync" }).click();
    const dialog = page.getByRole("alertdialog");
    await dialog.getByText("Rows of Server B will be written over those of this server.").waitFor();
    await dialog.getByRole("button", { name: "Start", exact: true }).click();
    const alert = dialog.getByRole("alert");
    await alert.getByText("PEERS_DATABASE_URL is not set").waitFor();
    await alert.getByText(/Write it into .*\.env\.staging/).waitFor();
  });

  it("[plan] shows what would be written, table by table, and where sides differ", async () => {
    const report = { rows: 12, inserted: 3, updated: 2, unchanged: 7, skipped: 0, notes: [], verified: null };
    const sessionId = running({}, { ...options, plan: true });
    peers.book.sessions.note(sessionId, {
      rows: { inserted: 3, updated: 2, unchanged: 7, skipped: 0 },
      tables: [{ ...report, table: "public.people", conflicts: ["77"] }],
    });
    peers.book.sessions.become(sessionId, "completed");
    await open();
    await page.getByText("Only planned: nothing was written.").waitFor();
    const row = page.getByRole("row").filter({ hasText: "public.people" });
    expect((await row.getByRole("cell").allTextContents()).map((text) => text.trim())).toEqual([
      ...["public.people", "3", "2", "7", "77"],
    ]);
    await page.getByText("only planned: 3 new, 2 changed, 7 unchanged").waitFor();
    await page.getByText("Server B", { exact: true }).click();
    await page.locator("label", { hasText: "write nothing" }).click();
    await page.getByText("pnpm sync:full pull --peer 'Server B' --compress --verify --plan").waitFor();
    await page.getByRole("button", { name: "Show what it would do" }).click();
    await page.getByRole("alert").getByText("PEERS_DATABASE_URL is not set").waitFor();
  });

  it("[phone] fits a phone, also while one runs", async () => {
    running({ currentStep: "Transferring backup of a table with a name that is as long as names may be…" });
    await open(phone);
    await page.getByRole("progressbar", { name: "Full sync" }).waitFor();
    expect(await page.evaluate(sidewards)).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id),
    ).toEqual([]);
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "Sync history" }).click();
    await page.getByRole("heading", { level: 1, name: "Sync history" }).waitFor();
  });

  it("[loading] says that it loads, and that an answer does not come", async () => {
    ({ page } = await visit(browser, served.address));
    await page.route("**/api/admin/sync/peers", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.abort();
    });
    await page.goto("/sync/full");
    await page.getByRole("status", { name: "Loading" }).first().waitFor();
    await page.getByText("The console does not answer").waitFor({ timeout: 45_000 });
    await page.unroute("**/api/admin/sync/peers");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("Server B", { exact: true }).waitFor();
  });

  it("[cancel] asks before it cancels", async () => {
    const sessionId = running();
    await open();
    await page.getByRole("button", { name: "Cancel sync" }).click();
    const dialog = page.getByRole("alertdialog");
    await dialog.getByText(`pnpm sync:cancel ${sessionId} --environment staging`).waitFor();
    await dialog.getByRole("button", { name: "Let it go on" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(peers.book.sessions.cancelledBy(sessionId)).toBeUndefined();
    await page.getByRole("button", { name: "Cancel sync" }).click();
    await dialog.getByRole("button", { name: "Cancel sync" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(peers.book.sessions.cancelledBy(sessionId)).toMatch(/^operator@/);
  });

  it("[interrupted] shows the commands that go on with it and that clear it", async () => {
    const sessionId = running();
    peers.book.sessions.become(sessionId, "interrupted");
    await open();
    await page.getByRole("button", { name: "Resume" }).waitFor();
    await page.getByText("pnpm sync:full pull --peer 'Server B' --compress --verify").first().waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("alertdialog").getByText("pnpm sync:clear-stuck --environment staging").waitFor();
  });

  it("[door] is for operators; a viewer sees it", async () => {
    running();
    ({ page } = await visit(browser, served.address, { name: "viewer" }));
    await page.goto("/sync/full");
    await page.getByRole("progressbar", { name: "Full sync" }).waitFor();
    expect(await page.getByRole("button", { name: "Cancel sync" }).isDisabled()).toBe(true);
    const ask = async (headers: Record<string, string>) =>
      (await page.request.post("/api/admin/sync/full-sync/clear-stuck", { headers })).status();
    const { csrf } = (await (await page.request.get("/api/console/session")).json()) as { csrf: string };
    expect([await ask({}), await ask({ "x-csrf-token": csrf })]).toEqual([403, 403]);
    expect(peers.book.sessions.unfinished()).toHaveLength(1);
  });
});
