import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pastOf } from "../src/testing.ts";
import { desktop, launch, phone, type ServedConsole, serveConsole } from "./support/browser.ts";
import { expectAccessible, expectSampleAccessible } from "./support/expect-accessible.ts";
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

describe("no page has a serious accessibility issue, nor scrolls sideways", () => {
  it.each([
    ["a desktop in light", { viewport: desktop, colorScheme: "light" }],
    ["a desktop in dark", { viewport: desktop, colorScheme: "dark" }],
    ["a phone in light", { viewport: phone, colorScheme: "light" }],
  ] as const)("on %s", (_, device) => expectAccessible(browser, served, device));

  it.each([
    ["a desktop in light", { viewport: desktop, colorScheme: "light" }],
    ["a desktop in dark", { viewport: desktop, colorScheme: "dark" }],
    ["a phone in light", { viewport: phone, colorScheme: "light" }],
    ["a phone in dark", { viewport: phone, colorScheme: "dark" }],
  ] as const)("of a shop that uses everything, on %s, with tabs and dialogs open", (_, device) =>
    expectSampleAccessible(browser, served, device),
  );
});

it("is not held up for 50 ms while ten thousand rows go by", async () => {
  const holdUps: (readonly number[])[] = [];
  // Browser and server share the cores: a task that was interrupted took longer than it worked. What is the page's own comes each time.
  for (let time = 0; time < 4; time++) holdUps.push((await scrollThrough(browser, served)).longTasks);
  expect(holdUps).toContainEqual([]);
  expect(Math.max(0, ...holdUps.flat())).toBeLessThan(100);
});
