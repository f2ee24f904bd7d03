import {
  desktop,
  emptyCache,
  launch,
  serveConsole,
  transferred,
  visit,
} from "../packages/console/test/support/browser.ts";
import { manyReleases } from "../packages/console/test/support/many-releases.ts";
import { table } from "../packages/core/src/index.ts";

/** The console's page: what is loaded first, and how 10,000 rows scroll in Debian's Chromium. `node bench/console.ts` */
const rows = 10_000;

/** Scrolls from the first row to the last, more than a screen a frame. Tells how many rows were in the document at most. */
const scroll = `(async () => {
  let most = 0;
  const box = document.querySelector(".virtual");
  for (let step = 0; step < 200; step++) {
    box.scrollTop += 2_400;
    await new Promise(requestAnimationFrame);
    most = Math.max(most, box.querySelectorAll("[role=row]").length);
  }
  return most;
})()`;

await using served = await serveConsole();
manyReleases(served.console.installation, "production", rows);
const browser = await launch();
const { page } = await visit(browser, served.address, { viewport: desktop });
await emptyCache(page);
const began = performance.now();
await page.goto("/");
await page.getByText("Recent activity").waitFor();
const seen = performance.now() - began;
const bytes = Number(await page.evaluate(transferred));
await page.goto("/releases");
await page.getByRole("tab", { name: "History" }).click();
await page.getByRole("radio", { name: "production" }).click();
await page.getByRole("table", { name: "Releases of production" }).waitFor();
await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
const most = Number(await page.evaluate(scroll));
const { wall, cpu } = longestTask(JSON.parse(String(await browser.stopTracing())));
await browser.close();

console.log(
  table(
    ["what", "measured", "aim"],
    [
      ["first page, compressed", `${Math.round(bytes / 1_000)} kB`, "< 300 kB"],
      ["overview, loaded anew until it is drawn", `${Math.round(seen)} ms`, ""],
      [`rows in the document of ${rows}`, String(most), "≤ 100"],
      // On a machine that does other things at once, a task waits for its turn: the processor's time is the page's own.
      ["longest task while scrolling, of the processor", `${Math.round(cpu)} ms`, "≤ 50 ms"],
      ["longest task while scrolling, by the clock", `${Math.round(wall)} ms`, "≤ 50 ms"],
    ],
  ),
);

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** µs by the clock, and of the thread. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Of the threads that draw pages, ms. */
function longestTask({ traceEvents }: { readonly traceEvents: readonly TraceEvent[] }): { wall: number; cpu: number } {
  const idOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;
  const threads = traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const ids = new Set(threads.map(idOf));
  const tasks = traceEvents.filter((event) => event.name.endsWith("RunTask") && ids.has(idOf(event)));
  if (tasks.length === 0) throw new Error("the trace has no task of a page");
  const most = (of: "dur" | "tdur") => Math.max(...tasks.map((task) => task[of] ?? 0)) / 1_000;
  return { wall: most("dur"), cpu: most("tdur") };
}
