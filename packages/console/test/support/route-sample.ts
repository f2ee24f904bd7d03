import type { Page } from "playwright-core";
import { sample } from "./sample.ts";

/** Answer a page with what a shop that uses everything would see. What the sample does not know, the console answers. */
export async function routeSample(page: Page, answers: Readonly<Record<string, unknown>> = sample()): Promise<void> {
  await page.route("**/api/**", async (route) => {
    const { pathname } = new URL(route.request().url());
    // Streams stay silent: none of the sample's sessions is the console's.
    if (pathname.endsWith("/events")) return;
    if (pathname === "/api/console/session") {
      const answer = await route.fetch();
      return await route.fulfill({ json: { ...(await answer.json()), fullSync: "staging" } });
    }
    const known = answers[pathname];
    return known === undefined ? await route.continue() : await route.fulfill({ json: known });
  });
}
