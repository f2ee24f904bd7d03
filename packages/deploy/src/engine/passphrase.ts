import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A path from which child processes of this user can read the passphrase, and nothing else can: neither a process list
 * nor the disk after we are gone. On Linux it is an unlinked file that only this process holds open; elsewhere a file of
 * mode 0600 that is removed when the process ends.
 */
export function passphrasePath(passphrase: string): string {
  const folder = mkdtempSync(join(tmpdir(), "understudy-"));
  const file = join(folder, "passphrase");
  const descriptor = openSync(file, "w+", 0o600);
  writeSync(descriptor, passphrase);
  if (process.platform === "linux") {
    rmSync(folder, { recursive: true });
    return `/proc/${process.pid}/fd/${descriptor}`;
  }
  closeSync(descriptor);
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return file;
}
