import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const sshd = "/usr/sbin/sshd";

/** Keys of one's own in a folder: of the host, of a client that is let in, and of a stranger. */
export function makeKeys(folder: string): void {
  for (const key of ["host", "client", "stranger"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, key)]);
}

/** How to start an sshd at an address, with a folder's keys. @throws Error when sshd is missing. */
export function sshdCommand(folder: string, { address, port }: { address: string; port: number }): string[] {
  if (!existsSync(sshd)) throw new Error("openssh-server is missing: ./understudy test installs it");
  // Without an init system nobody has made the folder that sshd insists on.
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const banner = join(folder, "banner");
  writeFileSync(banner, "Authorised use only.\nEverything is logged.\n");
  const configuration = join(folder, `sshd-${address}`);
  writeFileSync(
    configuration,
    [
      `Port ${port}`,
      `ListenAddress ${address}`,
      `HostKey ${join(folder, "host")}`,
      `AuthorizedKeysFile ${join(folder, "client.pub")}`,
      `Banner ${banner}`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin prohibit-password",
      "MaxStartups 100",
    ].join("\n"),
  );
  return [sshd, "-D", "-e", "-f", configuration];
}

/** `-o` options of an ssh client that the folder's sshd lets in. */
export function sshOptions(folder: string): string[] {
  return [
    `IdentityFile=${join(folder, "client")}`,
    "IdentitiesOnly=yes",
    `UserKnownHostsFile=${join(folder, "known_hosts")}`,
    "StrictHostKeyChecking=accept-new",
  ];
}
