import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A Docker host that is far away as far as the product can tell: another engine, on another network, behind an sshd. */
export interface RemoteHost extends AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  /** `ssh://root@127.0.0.1:<port><socket>` */
  readonly url: string;
  /** The engine's socket on the remote host, for looking behind the product's back. */
  readonly dockerHost: string;
  readonly sshOptions: readonly string[];
  readonly dockerd: ChildProcess;
  /** Its network namespace, in which ports of its containers are published. */
  readonly namespace: string;
  /** End the engine with a signal, and start it again: its containers stop, as they do without live-restore. */
  restartEngine(signal: NodeJS.Signals): Promise<void>;
  /** Break every ssh connection that is open now, as a network does. */
  cutConnections(): void;
}

/** Why this machine cannot play the remote host, or undefined when it can. */
export function cannotPlayRemoteHost(): string | undefined {
  if (process.getuid?.() !== 0) return "a second engine needs root";
  const probe = `ust-probe-${process.pid}`;
  try {
    execFileSync("ip", ["netns", "add", probe], { stdio: "pipe" });
    execFileSync("ip", ["netns", "del", probe], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: Buffer };
    return `no network namespace can be made (ip netns: ${stderr?.toString().trim() || message})`;
  }
}

/**
 * Start an sshd with keys of its own on loopback, and an engine in a network namespace of its own.
 * @param diskSize when given, the engine's whole disk, as mount(8) takes it: `3200m`. It lies at `<folder>/data`.
 */
export async function startRemoteHost({ diskSize }: { diskSize?: string } = {}): Promise<RemoteHost> {
  const folder = mkdtempSync(join(tmpdir(), "understudy-remote-"));
  if (diskSize) {
    mkdirSync(join(folder, "data"));
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${diskSize}`, "tmpfs", join(folder, "data")]);
  }
  const namespace = `ust-${process.pid}`;
  const socket = join(folder, "docker.sock");
  execFileSync("ip", ["netns", "add", namespace]);
  execFileSync("ip", ["netns", "exec", namespace, "ip", "link", "set", "lo", "up"]);
  let dockerd = startEngine(folder, namespace, socket);
  const port = await freePort();
  const sshd = startSshd(folder, port);
  const host: RemoteHost = {
    folder,
    port,
    url: `ssh://root@127.0.0.1:${port}${socket}`,
    dockerHost: `unix://${socket}`,
    sshOptions: sshOptions(folder),
    get dockerd() {
      return dockerd;
    },
    namespace,
    restartEngine: async (signal) => {
      await ended(dockerd, signal);
      dockerd = startEngine(folder, namespace, socket);
      await until("the second engine", folder, () => answers(["docker", "-H", host.dockerHost, "version"]));
    },
    cutConnections: () => {
      for (const pid of childrenOf(sshd.pid)) process.kill(pid, "SIGKILL");
    },
    [Symbol.asyncDispose]: async () => {
      await ended(sshd, "SIGTERM");
      await ended(dockerd, "SIGTERM");
      execFileSync("ip", ["netns", "del", namespace]);
      unmountBelow(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await until("the second engine", folder, () => answers(["docker", "-H", host.dockerHost, "version"]));
    await until("sshd", folder, () => answers(["ssh", ...sshArguments(host), "true"]));
  } catch (error) {
    await host[Symbol.asyncDispose]();
    throw error;
  }
  return host;
}

/** The environment's settings that lead to a host, as lines of understudy.yml. */
export function hostSettings({ url, sshOptions: options }: Pick<RemoteHost, "url" | "sshOptions">): string {
  return `    host: ${url}\n    sshOptions: ${JSON.stringify(options)}\n`;
}

/** ssh clients that forward a socket of the product, e.g. those that a dead process left. */
export function forwardingClients(host: RemoteHost): string[] {
  const list = execFileSync("ps", ["-eo", "pid=,args="]).toString().split("\n");
  return list.filter((line) => line.includes("understudy-ssh-") && line.includes(`-p ${host.port} `));
}

function startEngine(folder: string, namespace: string, socket: string): ChildProcess {
  const at = (name: string) => join(folder, name);
  const engine = ["dockerd", "--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("docker.pid")];
  // Not `ip netns exec`: it mounts /sys anew, and the engine misses its control groups.
  return logged(at("dockerd.log"), ["nsenter", `--net=/run/netns/${namespace}`, ...engine, "-H", `unix://${socket}`]);
}

function startSshd(folder: string, port: number): ChildProcess {
  const sshd = "/usr/sbin/sshd";
  if (!existsSync(sshd)) throw new Error("openssh-server is missing: ./understudy test installs it");
  for (const key of ["host", "client", "stranger"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, key)]);
  // Without an init system nobody has made the folder that sshd insists on.
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, "banner"), "Authorised use only.\nEverything is logged.\n");
  writeFileSync(
    join(folder, "sshd_config"),
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${join(folder, "host")}`,
      `AuthorizedKeysFile ${join(folder, "client.pub")}`,
      `Banner ${join(folder, "banner")}`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin prohibit-password",
      "MaxStartups 100",
    ].join("\n"),
  );
  return logged(join(folder, "sshd.log"), [sshd, "-D", "-e", "-f", join(folder, "sshd_config")]);
}

function sshOptions(folder: string): string[] {
  return [
    `IdentityFile=${join(folder, "client")}`,
    "IdentitiesOnly=yes",
    `UserKnownHostsFile=${join(folder, "known_hosts")}`,
    "StrictHostKeyChecking=accept-new",
  ];
}

function sshArguments({ sshOptions: options, port }: RemoteHost): string[] {
  return [...options.flatMap((option) => ["-o", option]), "-p", String(port), "root@127.0.0.1"];
}

/** Start a program that ends when this process does, however it does. */
function logged(file: string, command: readonly string[]): ChildProcess {
  const log = openSync(file, "a");
  const child = spawn("setpriv", ["--pdeathsig", "TERM", ...command], { stdio: ["ignore", log, log] });
  closeSync(log);
  return child;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once("exit", resolve));
  // One that a test has stopped does not hear a signal before it goes on.
  child.kill("SIGCONT");
  child.kill(signal);
  await end;
}

/** An engine leaves its folder mounted on itself; one that was killed, its containers' file systems too. */
function unmountBelow(folder: string): void {
  const points = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? []);
  for (const point of points.filter((one) => one.startsWith(`${folder}/`)).reverse())
    execFileSync("umount", ["--lazy", point]);
}

async function until(what: string, folder: string, ready: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; !ready(); await sleep(200)) {
    if (Date.now() < deadline) continue;
    const log = ["dockerd.log", "sshd.log"].map((file) => readFileSync(join(folder, file), "utf8").slice(-2_000));
    throw new Error(`${what} does not answer:\n${log.join("\n")}`);
  }
}

function answers([program = "", ...args]: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "pipe", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

function childrenOf(pid: number | undefined): number[] {
  const list = execFileSync("ps", ["-eo", "pid=,ppid="]).toString().trim().split("\n");
  return list
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (child && parent === pid ? [child] : []));
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
