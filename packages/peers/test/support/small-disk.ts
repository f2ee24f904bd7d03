import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why a disk of its own cannot be mounted here; undefined: it can. In CI it must run or fail: nobody reads there what was skipped. */
export const cannotMount =
  process.env.CI || process.getuid?.() === 0 ? undefined : "a disk of a few megabytes is mounted by root only";

/** Let a folder, with what is in it, be on a disk of its own that is soon full. */
export function smallDisk(folder: string, megabytes: number): Disposable {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const before = mkdtempSync(join(tmpdir(), "before-"));
  cpSync(folder, before, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]);
  cpSync(before, folder, { recursive: true });
  rmSync(before, { recursive: true });
  return { [Symbol.dispose]: () => void execFileSync("umount", ["--lazy", folder]) };
}
