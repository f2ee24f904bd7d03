import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { type desktop, phone, type ServedConsole, sidewards, visit } from "./browser.ts";
import { routeSample } from "./route-sample.ts";

type Device = { viewport: typeof desktop; colorScheme: "light" | "dark" };

/** What is done on a page before it is looked at; nothing: it is looked at as it comes. */
type Act = readonly [words: string, act: (page: Page) => Promise<void>];

const press = (name: string, role: "button" | "tab" = "button"): Act => [
  name,
  (page) => page.getByRole(role, { name, exact: true }).first().click(),
];
const inTab = (tab: string, [words, act]: Act): Act => [
  `${tab}, ${words}`,
  async (page) => {
    await press(tab, "tab")[1](page);
    await act(page);
  },
];

const pages: Readonly<Record<string, readonly Act[]>> = {
  "/": [press("Deploy")],
  "/health": [],
  "/releases": [
    press("Show the plan"),
    press("Rollback points", "tab"),
    press("History", "tab"),
    inTab("History", press("signed: open the receipt of r-07888fe00c7e")),
  ],
  "/sync/full": [press("Cancel sync")],
  "/sync/history": [],
  "/sync/history/s-1500": [press("Table by table"), press("Detailed log")],
  "/copy": [inTab("Plan", press("Show the plan")), press("sanitize.yml", "tab")],
  "/workflows": [press("Compare")],
  "/records": [press("Side by side")],
  "/team": [press("Take it")],
  "/runs": [],
  "/runs/1700000000001-0123abcd": [press("Stop")],
};

/** What only a shop that uses everything has. */
const ofSample = ["/sync/history/s-1500", "/runs/1700000000001-0123abcd"];

/** No page of an installation that has just begun has a serious accessibility issue, scrolls sideways, or complains of anything. */
export async function expectAccessible(browser: Browser, { address }: ServedConsole, device: Device): Promise<void> {
  const { page, context, complaints } = await visit(browser, address, device);
  const problems = [];
  for (const path of Object.keys(pages)) if (!ofSample.includes(path)) problems.push(...(await problemsOf(page, path)));
  expect([...problems, ...complaints]).toEqual([]);
  await context.close();
}

/** The same of a shop that uses everything, with each tab, and a dialog of each kind, open. */
export async function expectSampleAccessible(
  browser: Browser,
  { address }: ServedConsole,
  device: Device,
): Promise<void> {
  const { page, context, complaints } = await visit(browser, address, device);
  await routeSample(page);
  const problems = [];
  for (const [path, acts] of Object.entries(pages)) {
    problems.push(...(await problemsOf(page, path)));
    for (const act of acts) problems.push(...(await problemsOf(page, path, act)));
  }
  if (device.viewport === phone) problems.push(...(await problemsOf(page, "/", press("Menu"))));
  expect([...problems, ...complaints]).toEqual([]);
  await context.close();
}

async function problemsOf(page: Page, path: string, [words, act]: Act = ["", async () => {}]): Promise<string[]> {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await act(page);
  await page
    .getByRole("status", { name: /Loading|Asking|Looking|Planning|Comparing/ })
    .first()
    .waitFor({ state: "detached", timeout: 30_000 });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const wider = Number(await page.evaluate(sidewards));
  return [
    ...serious.map(({ id, nodes }) => `${path} ${words}: ${id}: ${nodes[0]?.html}`),
    ...(wider > 0 ? [`${path} ${words}: ${wider} px too wide`] : []),
  ];
}
