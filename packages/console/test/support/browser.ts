import type { AddressInfo } from "node:net";
import { loadSettings, silentLog } from "@understudy/core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { buildPage, isPageCurrent } from "../../src/build-page.ts";
import { type Beside, builtPage, createConsole } from "../../src/serve-console.ts";
import { password, type TestConsole, testConsole } from "../../src/testing.ts";

export const desktop = { width: 1360, height: 900 };
export const phone = { width: 390, height: 844 };

export interface ServedConsole extends AsyncDisposable {
  readonly console: TestConsole;
  readonly address: string;
  /** Stop the server, and start another at the same address. */
  restart(): Promise<void>;
}

/** The console with its page, served on a port of its own. */
export async function serveConsole(beside?: () => Beside): Promise<ServedConsole> {
  await ensurePage();
  const console = await testConsole(builtPage);
  const { installation } = console;
  const serve = async (port: number) => {
    const options = { installation, settings: loadSettings(installation), host: "127.0.0.1", page: builtPage };
    const server = await createConsole({ ...options, port, log: silentLog, ...(beside ? { beside: beside() } : {}) });
    await server.listen({ port, host: "127.0.0.1" });
    return server;
  };
  // The names that it answers to have the port in them.
  const port = await freePort(console);
  let server = await serve(port);
  return {
    ...{ console, address: `http://127.0.0.1:${port}` },
    restart: async () => {
      await server.close();
      server = await serve(port);
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await console[Symbol.asyncDispose]();
    },
  };
}

/** The page is built when it is not there, or old. */
export async function ensurePage(): Promise<void> {
  if (!isPageCurrent()) await buildPage();
}

async function freePort({ again }: TestConsole): Promise<number> {
  const probe = await again();
  await probe.listen({ port: 0, host: "127.0.0.1" });
  const { port } = probe.server.address() as AddressInfo;
  await probe.close();
  return port;
}

/** Debian's own Chromium. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
}

/** What a page is wider than the screen, px. */
export const sidewards = "document.documentElement.scrollWidth - window.innerWidth";

/** Forget what the browser has of the page, so that it is loaded as for the first time. */
export async function emptyCache(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.clearBrowserCache");
}

/** Bytes that the page took over the wire, headers included: documents, scripts, styles, fonts, pictures. */
export const transferred = `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
  .filter(({ name }) => !name.includes("/api/"))
  .reduce((sum, { transferSize }) => sum + transferSize, 0)`;

export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page complained of. */
  readonly complaints: string[];
}

/** Somebody who is logged in. */
export async function visit(
  browser: Browser,
  address: string,
  options: { name?: string; viewport?: typeof desktop; colorScheme?: "light" | "dark" } = {},
): Promise<Visitor> {
  const { name = "operator", viewport = desktop, colorScheme = "light" } = options;
  const context = await browser.newContext({ viewport, colorScheme, baseURL: address, reducedMotion: "reduce" });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // Chromium says so of every answer that is an error, those that tests ask for included.
    if (message.type() === "error" && !message.text().includes("Failed to load resource"))
      complaints.push(message.text());
  });
  await page.goto("/");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  return { context, page, complaints };
}
