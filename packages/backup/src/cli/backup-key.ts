import { join } from "node:path";
import { findInstallation, runVerb } from "@understudy/core";
import { backupKey } from "../key/backup-key.ts";

interface Flags {
  show?: boolean;
}

await runVerb(import.meta.url, {
  name: "backup:key",
  description:
    "Say where the key of the backups is, and what to do with it. Without it no backup can be read, by nobody.",
  examples: [
    "pnpm backup:key",
    "pnpm backup:key --show > /media/usb/understudy.key   # keep it away from this machine",
  ],
  configure: (command) => command.option("--show", "print the key itself, and nothing else"),
  run: async ({ show = false }: Flags) => {
    const installation = findInstallation();
    const key = backupKey(installation);
    process.stdout.write(show ? `${key}\n` : explanation(join(installation.stateDir, "backup.key")));
  },
});

function explanation(file: string): string {
  return `The key is in ${file}.
Every backup is encrypted with it. Keep a copy where this machine's loss does not reach it, such as a password manager:
  pnpm backup:key --show
On a new machine put it into the same file (chmod 600), then: pnpm backup:list. docs/disaster-recovery.md goes on from there.
`;
}
