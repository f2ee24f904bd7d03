import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { answers, socketFolder } from "./socket-folder.ts";

/** How long ssh may take to connect, ms. */
const connectTimeout = 20_000;

/** How long to wait for ssh's own words after a connection through it broke, ms. */
const explanationTime = 1_000;

export interface SocketForward {
  readonly socket: string;
  /** Why a connection through it just broke: whether ssh ended without being asked to, and its last words. */
  explain(): Promise<{ readonly ended: boolean; readonly said: string }>;
  close(): Promise<void>;
}

/** Read an `ssh://` host. @throws UserError for what ssh could not take as it was meant. */
export function parseSshHost(host: string): URL {
  const next = "host: must look like ssh://user@host[:port][/path/of/docker.sock]";
  if (!URL.canParse(host)) throw new UserError(`${host} is not an address`, { next });
  const url = new URL(host);
  if (!url.hostname || url.hostname.startsWith("-")) throw new UserError(`${host} names no host`, { next });
  if (url.password) {
    throw new UserError(`${host.replace(`:${url.password}@`, ":…@")} has a password in it, which ssh does not take`, {
      next: "Use a key: sshOptions: [IdentityFile=~/.ssh/…]",
    });
  }
  return url;
}

/**
 * The arguments for ssh: forward the remote Docker socket, run `cat` so that ssh ends with our pipe. Options of the
 * settings come first, and so win. A shared connection (ControlMaster) would keep the forward after we are gone.
 */
export function sshForwardArguments(url: URL, localSocket: string, options: readonly string[]): string[] {
  const remoteSocket = url.pathname && url.pathname !== "/" ? decodeURIComponent(url.pathname) : "/var/run/docker.sock";
  const ours = [
    ...["BatchMode=yes", "ExitOnForwardFailure=yes", "ConnectTimeout=10", "ServerAliveInterval=15"],
    ...["ControlMaster=no", "ControlPath=none", "RemoteCommand=none", "ForwardAgent=no", "ForwardX11=no"],
  ];
  return [
    ...[...options, ...ours].flatMap((option) => ["-o", option]),
    ...["-T", "-L", `${localSocket}:${remoteSocket}`],
    ...(url.port ? ["-p", url.port] : []),
    ...(url.username ? ["-l", decodeURIComponent(url.username)] : []),
    url.hostname.replace(/^\[(.*)\]$/, "$1"),
    "cat",
  ];
}

/**
 * Forward the Docker socket of an ssh host to a private local socket. The ssh child lives on our pipe: when this
 * process dies, however it dies, the pipe closes and ssh ends, and with it whatever hung on the connection.
 * @throws UserError with ssh's own words when the host cannot be reached.
 */
export async function forwardSocket(url: URL, options: readonly string[]): Promise<SocketForward> {
  const { socket, remove } = await socketFolder("ssh");
  const ssh = spawn("ssh", sshForwardArguments(url, socket, options), { stdio: ["pipe", "ignore", "pipe"] });
  const watched = watch(ssh);
  const close = async () => {
    ssh.stdin.end();
    ssh.kill();
    await Promise.race([watched.end, sleep(2_000, undefined, { ref: false })]);
    remove();
  };
  const deadline = Date.now() + connectTimeout;
  while (!(await answers(socket))) {
    if (watched.ended() || Date.now() > deadline) {
      const reason = watched.ended() ? watched.said() : `no connection within ${connectTimeout / 1_000} s`;
      await close();
      throw new UserError(`${url.href} cannot be reached: ${reason}`, {
        next: `Check it: ${checkCommand(url, options)}`,
      });
    }
    await sleep(50);
  }
  const explain = async () => {
    await Promise.race([watched.end, sleep(explanationTime, undefined, { ref: false })]);
    return { ended: watched.ended(), said: watched.said() };
  };
  return { socket, explain, close };
}

/** What a person types to see for themselves. */
export function checkCommand(url: URL, options: readonly string[]): string {
  const words = [
    ...options.map((option) => `-o ${option}`),
    ...(url.port ? [`-p ${url.port}`] : []),
    `${url.username ? `${decodeURIComponent(url.username)}@` : ""}${url.hostname.replace(/^\[(.*)\]$/, "$1")}`,
  ];
  const socket = url.pathname && url.pathname !== "/" ? `-H unix://${decodeURIComponent(url.pathname)} ` : "";
  return `ssh ${words.join(" ")} docker ${socket}version`;
}

/** The line of ssh's output that tells the cause: the last one that is not a warning. */
export function tellingLine(said: string): string | undefined {
  const lines = said.split(/\r?\n/).map((line) => line.trim());
  return lines.findLast((line) => line && !/^(\*\*|@|warning:)/i.test(line));
}

function watch(ssh: ChildProcess) {
  let output = "";
  let result: string | undefined;
  ssh.stderr?.on("data", (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000);
  });
  // A write to an ssh that is gone already: its end tells.
  ssh.stdin?.on("error", () => {});
  const end = new Promise<void>((resolve) => {
    ssh.once("error", (error: NodeJS.ErrnoException) => {
      result = error.code === "ENOENT" ? "there is no ssh program on the PATH" : error.message;
      resolve();
    });
    ssh.once("close", (code, signal) => {
      result ??= `ssh ended with ${code ?? signal}`;
      resolve();
    });
  });
  return { end, ended: () => result !== undefined, said: () => tellingLine(output) ?? result ?? "ssh says nothing" };
}
