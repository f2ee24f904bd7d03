import { globSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

/** Whether the built page is newer than all that it is made from. */
export function isPageCurrent(): boolean {
  const built = statSync(join(root, "dist/index.html"), { throwIfNoEntry: false });
  if (!built) return false;
  const sources = globSync(["web/**/*", "src/contract/*", "package.json"], { cwd: root });
  return sources.every((file) => statSync(join(root, file)).mtimeMs < built.mtimeMs);
}

/** Build the page into `dist`. Vite is loaded for it only: a console that finds its page does not need it. */
export async function buildPage(): Promise<void> {
  const { build } = await import("vite");
  await build({ configFile: join(root, "web/vite.config.ts"), logLevel: "warn" });
}
