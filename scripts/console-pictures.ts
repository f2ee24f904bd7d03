import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pastOf } from "../packages/console/src/testing.ts";
import { desktop, launch, phone, serveConsole, type Visitor, visit } from "../packages/console/test/support/browser.ts";
import { routeSample } from "../packages/console/test/support/route-sample.ts";

/** `node scripts/console-pictures.ts [folder]`: every page as a shop that uses everything would see it, for docs/images and for who looks at the design. */
const folder = process.argv[2] ?? join(import.meta.dirname, "../docs/images/console");

const pages = {
  overview: "/",
  health: "/health",
  releases: "/releases",
  "full-sync": "/sync/full",
  "sync-history": "/sync/history",
  copy: "/copy",
  workflows: "/workflows",
  records: "/records",
  team: "/team",
  activity: "/runs",
  run: "/runs/1700000000001-0123abcd",
};

/** What is done on a page before its picture is taken. */
const acts: Readonly<Record<string, (page: Visitor["page"]) => Promise<void>>> = {
  releases: (page) => page.getByRole("button", { name: "Show the plan" }).click(),
  team: (page) => page.getByRole("button", { name: "Take it" }).first().click(),
};

mkdirSync(folder, { recursive: true });
await using served = await serveConsole();
pastOf(served.console.installation);
const browser = await launch();
for (const [size, viewport] of Object.entries({ desktop, phone })) {
  for (const colorScheme of ["light", "dark"] as const) {
    const { page, context } = await visit(browser, served.address, { viewport, colorScheme });
    await routeSample(page);
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await acts[name]?.(page);
      await page.waitForTimeout(500);
      await page.screenshot({ path: join(folder, `${name}-${size}-${colorScheme}.png`), fullPage: true });
    }
    await context.close();
  }
}
await browser.close();
