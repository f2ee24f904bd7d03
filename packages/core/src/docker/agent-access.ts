import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { writeFileAtomic } from "../files.ts";
import { findInstallation, type Installation } from "../installation.ts";
import { readSecretFile } from "../key-file.ts";
import { secrets } from "../redact.ts";

const accessSchema = z.object({
  token: z.string().min(20),
  /** SHA-256 of the certificate that its agent showed when it was first spoken to. */
  fingerprint: z.string().nullable(),
});

/** What opens the Docker engine behind an agent. */
export type AgentAccess = z.infer<typeof accessSchema>;

/** Whether a host of the settings is another machine. */
export function isElsewhere(host: string): boolean {
  return /^(ssh|agent):\/\//.test(host);
}

/** Read an `agent://` host. @throws UserError for what is none */
export function parseAgentHost(host: string): URL {
  const url = URL.parse(host);
  const isPlain = url && !url.username && !url.password && !url.search && !url.hash && /^\/?$/.test(url.pathname);
  if (url?.protocol === "agent:" && url.hostname && url.port && isPlain) return url;
  throw new UserError(`${host} is no address of an agent`, { next: "host: must look like agent://192.168.0.112:8095" });
}

/** Keep what `pnpm peers:reach` was given, for every verb after it. */
export function keepAgentAccess(installation: Installation, host: URL, access: AgentAccess): void {
  const file = accessFile(installation, host);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileAtomic(file, JSON.stringify(access), 0o600);
}

/** @throws UserError when nothing was kept for it */
export function agentAccess(host: URL, installation = findInstallation()): AgentAccess {
  const file = accessFile(installation, host);
  if (!existsSync(file)) {
    throw new UserError(`This installation may not reach ${host.href} yet`, {
      next: `On that server: pnpm peers:token --docker; here: pnpm peers:reach ${host.href} --token <that>`,
    });
  }
  const access = accessSchema.parse(JSON.parse(readSecretFile(file)));
  secrets.add([access.token]);
  return access;
}

function accessFile({ stateDir }: Installation, { host }: URL): string {
  return join(stateDir, "agents", `${host.replaceAll(/[^\w.-]/g, "_")}.json`);
}
