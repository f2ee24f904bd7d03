import { type ChildProcess, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers, childrenOf, ended, startLogged, unmountBelow, untilReady } from "./processes.ts";
import { makeKeys, sshdCommand, sshOptions } from "./ssh-door.ts";

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
  const logs = ["dockerd.log", "sshd.log"].map((name) => join(folder, name));
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
      await untilReady("the second engine", logs, () => answers(["docker", "-H", host.dockerHost, "version"]));
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
    await untilReady("the second engine", logs, () => answers(["docker", "-H", host.dockerHost, "version"]));
    await untilReady("sshd", logs, () => answers(["ssh", ...sshArguments(host), "true"]));
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
  return startLogged(at("dockerd.log"), [
    "nsenter",
    `--net=/run/netns/${namespace}`,
    ...engine,
    "-H",
    `unix://${socket}`,
  ]);
}

function startSshd(folder: string, port: number): ChildProcess {
  makeKeys(folder);
  return startLogged(join(folder, "sshd.log"), sshdCommand(folder, { address: "127.0.0.1", port }));
}

function sshArguments({ sshOptions: options, port }: RemoteHost): string[] {
  return [...options.flatMap((option) => ["-o", option]), "-p", String(port), "root@127.0.0.1"];
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
