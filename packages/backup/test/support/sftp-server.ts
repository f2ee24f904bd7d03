import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../deploy/test/support/remote-host.ts";
import type { SshFiles } from "../../src/repository/location.ts";

/** An sshd on loopback with keys of its own, which knows SFTP only. */
export interface SftpServer extends AsyncDisposable {
  /** `sftp://user@127.0.0.1:<port>/<folder>` */
  readonly where: string;
  readonly ssh: SshFiles;
  /** A file of known hosts that has another key for it. */
  readonly strangers: string;
}

export async function startSftpServer(): Promise<SftpServer> {
  const folder = mkdtempSync(join(tmpdir(), "understudy-sftp-"));
  const at = (name: string) => join(folder, name);
  for (const name of ["host", "client", "stranger"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at(name)]);
  }
  // Without an init system nobody has made the folder that sshd insists on.
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const port = await freePort();
  const settings = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${at("host")}`,
    `AuthorizedKeysFile ${at("client.pub")}`,
    "PidFile none",
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "PermitRootLogin prohibit-password",
    "Subsystem sftp internal-sftp",
    "ForceCommand internal-sftp",
  ];
  writeFileSync(at("sshd_config"), settings.join("\n"));
  const known = (key: string) => `[127.0.0.1]:${port} ${readFileSync(at(`${key}.pub`), "utf8")}`;
  writeFileSync(at("known_hosts"), known("host"));
  writeFileSync(at("strangers"), known("stranger"));
  const sshd = spawn("setpriv", ["--pdeathsig", "TERM", "/usr/sbin/sshd", "-D", "-f", at("sshd_config")], {
    stdio: "ignore",
  });
  await untilOpen(port);
  return {
    where: `sftp://${userInfo().username}@127.0.0.1:${port}/${at("backups")}`,
    ssh: { keyFile: at("client"), knownHostsFile: at("known_hosts") },
    strangers: at("strangers"),
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => sshd.once("exit", resolve));
      sshd.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function untilOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise((resolve) =>
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false)),
    );
    socket.destroy();
    if (open) return;
    await sleep(50);
  }
  throw new Error("sshd does not answer: openssh-server is missing? ./understudy test installs it");
}
