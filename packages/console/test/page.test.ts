import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Overview } from "../src/contract/overview.ts";
import { pastOf } from "../src/testing.ts";
import { emptyCache, launch, phone, type ServedConsole, serveConsole, transferred, visit } from "./support/browser.ts";
import { expectAccessible } from "./support/expect-accessible.ts";
import { routeSample } from "./support/route-sample.ts";
import { sample } from "./support/sample.ts";
import { scrollThrough } from "./support/scroll-through.ts";

let served: ServedConsole;
let browser: Browser;

beforeAll(async () => {
  served = await serveConsole();
  pastOf(served.console.installation);
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await served?.[Symbol.asyncDispose]();
});

// The other three of four, and all with a shop that uses everything: page.long.test.ts.
it("no page has a serious accessibility issue, nor scrolls sideways, on a phone in dark", () =>
  expectAccessible(browser, served, { viewport: phone, colorScheme: "dark" }));

describe("the page", () => {
  it("shows a viewer everything, and lets them do nothing", async () => {
    const { page, context } = await visit(browser, served.address, { name: "viewer" });
    await page.getByRole("button", { name: "Deploy", exact: true }).waitFor();
    for (const name of ["Deploy", "Copy production", "Back up"]) {
      expect(await page.getByRole("button", { name, exact: true }).isDisabled(), name).toBe(true);
    }
    await context.close();
  });

  it("shows an action's command, runs it, and finds it again after a reload and a restart", async () => {
    const { page, context } = await visit(browser, served.address);
    await page.getByRole("button", { name: "Deploy", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("pnpm deploy:staging --environment staging").waitFor();
    await dialog.getByRole("button", { name: "Deploy staging" }).click();
    await page.getByRole("heading", { level: 1, name: "Deploy staging" }).waitFor();
    await served.restart();
    await page.reload();
    await page.getByText(/^Failed after/).waitFor();
    expect(await page.getByRole("log").textContent()).toContain("error: ");
    await page.getByRole("link", { name: "Activity" }).click();
    await page.getByRole("cell", { name: "Deploy staging" }).first().waitFor();
    await context.close();
  });

  it("asks for production's name before anything is done to it", async () => {
    const { page, context } = await visit(browser, served.address);
    await page.goto("/releases");
    await page.getByRole("button", { name: "Promote…" }).click();
    const go = page.getByRole("button", { name: "Promote to production" });
    expect(await go.isDisabled()).toBe(true);
    await page.getByLabel("Type “production” to go on").fill("production");
    expect(await go.isEnabled()).toBe(true);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await context.close();
  });

  it("tells why something fails, and why it did", async () => {
    const { page, context } = await visit(browser, served.address);
    await routeSample(page);
    await page.goto("/");
    await page.getByText("91 % of 2 GiB (expected: below 90 %)").waitFor();
    await page.getByText("Try: pnpm logs letta --environment production").waitFor();
    await page.goto("/health");
    await page
      .getByRole("row", { name: /n8n readiness/ })
      .getByText("connection refused")
      .waitFor();
    await context.close();
  });

  it("tells what people were told, and what did not go out", async () => {
    const { page, context } = await visit(browser, served.address);
    const alerts = page.getByRole("listitem").filter({ hasText: "staging: n8n is down" });
    await alerts.filter({ hasText: "by chat" }).getByText("sent").waitFor();
    await alerts.filter({ hasText: "by mail: 550 no such mailbox" }).getByText("waiting").waitFor();
    await context.close();
  });

  it("offers to restart a service, to stop staging, and to deploy production where none runs", async () => {
    const { page, context } = await visit(browser, served.address);
    const answers = sample();
    const { environments } = answers["/api/console/overview"] as Overview;
    const offers = async (button: string, command: string) => {
      await page.getByRole("button", { name: button, exact: true }).last().click();
      await page.getByRole("dialog").getByText(command, { exact: true }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    };
    await routeSample(page, answers);
    await page.goto("/");
    await offers("Restart postgres", "pnpm restart --environment production -- postgres");
    await offers("Stop", "pnpm stop:staging --environment staging");
    answers["/api/console/overview"] = {
      environments: environments.map((one) => ({ ...one, stack: { ...one.stack, deployed: false } })),
    };
    await page.reload();
    await offers("Deploy production", "pnpm deploy:production --environment production");
    expect(await page.getByRole("button", { name: /^(Restart|Stop)/ }).count()).toBe(0);
    await page.goto("/records");
    const conflict = "0b0f1f5e-0c5e-4d3c-9d0e-0d6f0f4f2b11";
    await offers("Delete the record", `pnpm records:resolve --environment staging --take deleted ${conflict}`);
    await page.goto("/copy");
    await page.getByRole("button", { name: "Copy production…" }).click();
    await page.getByText("Go on with a copy that was cut off").click();
    await page.getByText("pnpm sync:production --environment staging --resume --yes").waitFor();
    await context.close();
  });

  it("accepts proposals of the policy one by one, and shows the command that does it", async () => {
    const { page, context } = await visit(browser, served.address);
    await page.route("**/api/console/views/policy*", (route) =>
      route.fulfill({ json: sample()["/api/console/views/policy"] }),
    );
    await page.goto("/copy");
    await page.getByRole("button", { name: "Accept all" }).waitFor();
    // One of the five has no rule: not even all are all.
    await page.getByRole("button", { name: "Accept all" }).click();
    const all = page.getByRole("dialog").getByText(/^pnpm sync:policy/);
    expect((await all.textContent())?.match(/--accept=/g)).toHaveLength(4);
    expect(await all.textContent()).not.toContain("remark");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText("app public.customers.nickname", { exact: true }).click();
    await page.getByText("neo4j :Person.mail", { exact: true }).click();
    await page.getByRole("button", { name: "Accept 2 proposals" }).click();
    const command =
      "pnpm sync:policy --environment production '--accept=app public.customers.nickname' '--accept=neo4j :Person.mail'";
    await page.getByRole("dialog").getByText(command).waitFor();
    await context.close();
  });

  it("says of a copy what is proven of it, and no more", async () => {
    const { page, context } = await visit(browser, served.address);
    const answers = sample();
    const { environments } = answers["/api/console/overview"] as Overview;
    const hold = (copy: object) => {
      const held = environments.map((one) => (one.copy ? { ...one, copy: { ...one.copy, ...copy } } : one));
      answers["/api/console/overview"] = { environments: held };
    };
    await routeSample(page, answers);
    const report = page.locator("section").filter({ has: page.getByRole("heading", { name: "Leak report" }) });
    await page.goto("/copy");
    await report.getByText("0 leaks found").waitFor();
    hold({ id: "20261122-080000@2026-11-22-14-05-09" });
    await page.reload();
    await report.getByText("made elsewhere: its report is not here").waitFor();
    hold({ unmasked: true });
    await page.reload();
    await report.getByRole("alert").getByText("This copy is not masked").waitFor();
    expect(await report.getByText(/0 leaks|No leak/).count()).toBe(0);
    delete answers["/api/console/runs/1700000000090-0123abcd"];
    hold({ id: "20261121-170501", unmasked: false });
    await page.reload();
    await report.getByRole("alert").getByText("There is no run 1700000000090-0123abcd").waitFor();
    expect(await report.getByText(/0 leaks|No leak/).count()).toBe(0);
    await context.close();
  });

  it("shows of conflicts how many there are, and asks for both versions of one when it is opened", async () => {
    const { page, context } = await visit(browser, served.address);
    const answers = sample();
    const fleet = answers["/api/console/views/records"] as object;
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await routeSample(page, { ...answers, "/api/console/views/records": { ...fleet, conflicts: 1_204 } });
    await page.goto("/records");
    await page.getByRole("heading", { name: "Conflicts: 1 of 1,204" }).waitFor();
    expect(asked).not.toContain("/api/console/views/record-history");
    await page.getByRole("button", { name: "Side by side" }).click();
    await page.getByRole("cell", { name: "Cambridge" }).waitFor();
    await context.close();
  });

  it("makes a plan anew each time that it is asked for", async () => {
    const { page, context } = await visit(browser, served.address);
    await routeSample(page);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto("/releases");
    await page.getByRole("button", { name: "Show the plan" }).click();
    await page.getByText("1 of 6 gates are closed").waitFor();
    await page.getByRole("button", { name: "Show the plan" }).click();
    const plans = () => asked.filter((url) => /promotion-plan.*fresh=true/.test(url)).length;
    await expect.poll(plans).toBe(2);
    await context.close();
  });

  it("promotes from the staging that was chosen, where there are several", async () => {
    const { page, context } = await visit(browser, served.address);
    await routeSample(page);
    await page.route("**/api/console/session", async (route) => {
      const session = await (await route.fetch()).json();
      const second = { ...session.environments[0], name: "staging-2" };
      await route.fulfill({ json: { ...session, environments: [...session.environments, second] } });
    });
    await page.goto("/releases");
    await page.getByRole("heading", { name: "staging → production" }).waitFor();
    await page.getByRole("radio", { name: "staging-2" }).click();
    await page.getByRole("heading", { name: "staging-2 → production" }).waitFor();
    const asked = page.waitForRequest(/promotion-plan\?.*from=staging-2/);
    await page.getByRole("button", { name: "Show the plan" }).click();
    await asked;
    await page.getByRole("button", { name: "Prove staging" }).click();
    await page.getByText("pnpm promote --check --environment production --from staging-2 --yes").waitFor();
    await context.close();
  });

  it("opens the receipt of a release, and says of one that was altered that it proves nothing", async () => {
    const { page, context } = await visit(browser, served.address);
    await routeSample(page);
    await page.goto("/releases");
    await page.getByRole("button", { name: "Show the plan" }).click();
    await page.getByRole("button", { name: "Open the receipt" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("by ada@laptop").waitFor();
    await dialog.getByText("holds", { exact: true }).waitFor();
    await dialog.getByText("2 checks passed, 0 failed").waitFor();
    await dialog.getByText(`n8nio/n8n@sha256:${"a".repeat(64)}`).waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "detached" });
    const problem = { error: { message: "The receipt was altered after it was signed", next: "Make one" } };
    await page.route("**/api/console/receipts/*", (route) => route.fulfill({ status: 422, json: problem }));
    await page.getByRole("tab", { name: "History" }).click();
    await page.getByRole("button", { name: "signed: open the receipt of" }).nth(1).click();
    await dialog.getByText(problem.error.message).waitFor();
    await context.close();
  });

  it("says that no news come, and stops saying so when they come again", async () => {
    const { page, context } = await visit(browser, served.address);
    await page.route("**/api/console/events", (route) => route.fulfill({ status: 502, body: "" }));
    await page.reload();
    await page.getByText("The console does not answer.").waitFor();
    await page.unroute("**/api/console/events");
    await page.getByText("The console does not answer.").waitFor({ state: "detached" });
    await context.close();
  });

  it("shows the login when the login has ended, whatever is asked then", async () => {
    const { page, context, complaints } = await visit(browser, served.address);
    await context.clearCookies();
    const login = page.getByRole("button", { name: "Log in" });
    // What reads news may have asked first.
    await page.getByRole("link", { name: "Health" }).or(login).click();
    await login.waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("is used by keys alone", async () => {
    const { page, context } = await visit(browser, served.address);
    await page.goto("/");
    await page.getByText("Recent activity").waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.closest('main') !== null")).toBe(true);
    await context.close();
  });

  it("keeps to the chosen colours", async () => {
    const { page, context } = await visit(browser, served.address, { colorScheme: "light" });
    await page.getByRole("button", { name: /^Colours: system/ }).click();
    await page.reload();
    await page.getByRole("button", { name: /^Colours: dark/ }).waitFor();
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(13, 14, 17)");
    await context.close();
  });

  it("has a hundred rows of ten thousand at most in the document, and all of them in reach", async () => {
    const { rows } = await scrollThrough(browser, served);
    expect(rows).toBeGreaterThan(10);
    expect(rows).toBeLessThanOrEqual(100);
  });
});

describe("the built page", () => {
  it("needs less than 300 kB over the wire for what is seen first", async () => {
    const { page, context } = await visit(browser, served.address);
    await emptyCache(page);
    await page.goto("/");
    await page.getByText("Recent activity").waitFor();
    const bytes = Number(await page.evaluate(transferred));
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(300_000);
    await context.close();
  });
});
