import type { Browser } from "playwright-core";
import { expect } from "vitest";
import type { ServedConsole } from "./browser.ts";
import { visit } from "./browser.ts";
import { manyReleases } from "./many-releases.ts";

/** What was seen while ten thousand releases went by: rows in the document at once, and how long the page was held up, each time over 50 ms. */
export interface Scrolled {
  readonly rows: number;
  readonly longTasks: readonly number[];
}

/** Scrolls the releases' history from its first row to its last, all of which is loaded on the way. */
export async function scrollThrough(browser: Browser, served: ServedConsole): Promise<Scrolled> {
  manyReleases(served.console.installation, "production", 10_000);
  const { page, context } = await visit(browser, served.address);
  await page.goto("/releases");
  await page.getByRole("tab", { name: "History" }).click();
  await page
    .getByRole("button", { name: "production" })
    .or(page.getByRole("radio", { name: "production" }))
    .first()
    .click();
  const table = page.getByRole("table", { name: "Releases of production" });
  await table.waitFor();
  await expect.poll(() => table.getAttribute("aria-rowcount")).toBe("201");
  const scrolled = (await page.evaluate(untilTheLast)) as Scrolled;
  await table.getByText("r-000000000000").waitFor();
  expect(await table.getAttribute("aria-rowcount")).toBe("10001");
  await context.close();
  return scrolled;
}

/** Runs in the page. */
const untilTheLast = `(async () => {
  const longTasks = [];
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: "longtask" });
  const box = document.querySelector(".virtual");
  let rows = 0;
  for (let step = 0; step < 3_000 && !box.textContent.includes("r-000000000000"); step++) {
    box.scrollTop += 9_000;
    await new Promise(requestAnimationFrame);
    rows = Math.max(rows, box.querySelectorAll("[role=row]").length);
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { rows, longTasks };
})()`;
