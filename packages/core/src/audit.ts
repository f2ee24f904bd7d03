import { appendFileSync, mkdirSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import type { Installation } from "./installation.ts";
import { secrets } from "./redact.ts";

/** One line of `logs/audit.jsonl`: who did what, to which environment, when, with what result. */
export interface AuditEntry {
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly environment: string;
  readonly result: "started" | "succeeded" | "failed";
  readonly detail?: unknown;
}

/** `user@host` of the person: who told the console to, and else who runs this, sudo seen through. */
export function operator(env: NodeJS.ProcessEnv = process.env): string {
  return `${env.UNDERSTUDY_OPERATOR ?? env.SUDO_USER ?? userInfo().username}@${hostname()}`;
}

/** Append one entry; secrets are redacted. @param entry `who` is whoever runs this, unless it says another */
export function audit(
  installation: Installation,
  entry: Omit<AuditEntry, "at" | "who"> & Partial<Pick<AuditEntry, "who">>,
): void {
  mkdirSync(installation.logsDir, { recursive: true });
  const line: AuditEntry = { at: new Date().toISOString(), who: operator(), ...entry };
  appendFileSync(join(installation.logsDir, "audit.jsonl"), `${JSON.stringify(secrets.redactData(line))}\n`, {
    mode: 0o600,
  });
}
