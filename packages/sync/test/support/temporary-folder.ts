import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Removed at the end. */
export function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "understudy-copy-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}
