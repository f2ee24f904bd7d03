import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors.ts";

/** How long ssh may take to connect, ms. */
const connectTimeout = 20_000;

export interface SocketForward {
  readonly socket: string;
  close(): Promise<void>;
}

/** The arguments for ssh: forward the remote Docker socket, run `cat` so that ssh ends with our pipe. */
export function sshForwardArguments(url: URL, localSocket: string, options: readonly string[]): string[] {
  const remoteSocket = url.pathname && url.pathname !== "/" ? url.pathname : "/var/run/docker.sock";
  return [
    ...options.flatMap((option) => ["-o", option]),
    ...["BatchMode=yes", "ExitOnForwardFailure=yes", "ConnectTimeout=10", "ServerAliveInterval=15"].flatMap(
      (option) => ["-o", option],
    ),
    ...["-T", "-L", `${localSocket}:${remoteSocket}`],
    ...(url.port ? ["-p", url.port] : []),
    ...(url.username ? ["-l", decodeURIComponent(url.username)] : []),
    url.hostname,
    "cat",
  ];
}

/**
 * Forward the Docker socket of an ssh host to a private local socket. The ssh child lives on our pipe: when this
 * process dies, however it dies, the pipe closes and ssh ends, and with it whatever hung on the connection.
 * @throws UserError with ssh's own words when the host cannot be reached.
 */
export async function forwardSocket(url: URL, options: readonly string[]): Promise<SocketForward> {
  const folder = mkdtempSync(join(tmpdir(), "understudy-ssh-"));
  const socket = join(folder, "docker.sock");
  const ssh = spawn("ssh", sshForwardArguments(url, socket, options), { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  let ended = false;
  ssh.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  ssh.on("error", (error) => {
    said ||= error.message;
    ended = true;
  });
  ssh.on("close", () => {
    ended = true;
  });
  const close = async () => {
    ssh.stdin.end();
    ssh.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + connectTimeout;
  while (!(await answers(socket))) {
    if (ended || Date.now() > deadline) {
      await close();
      throw new UserError(`${url.href} cannot be reached: ${said.trim().split("\n").at(-1) || "ssh timed out"}`, {
        next: `Check it: ssh ${url.username ? `${url.username}@` : ""}${url.hostname}${url.port ? ` -p ${url.port}` : ""} docker version`,
      });
    }
    await sleep(50);
  }
  return { socket, close };
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once("connect", () => {
      connection.destroy();
      resolve(true);
    });
    connection.once("error", () => resolve(false));
  });
}
