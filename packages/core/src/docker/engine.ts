import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { messageOf, UserError } from "../errors.ts";
import { parseAgentHost } from "./agent-access.ts";
import { forwardThroughAgent } from "./agent-forward.ts";
import type { Fleet } from "./fleet/fleet.ts";
import { localDockerHost } from "./local-docker-host.ts";
import { checkCommand, forwardSocket, parseSshHost } from "./ssh-forward.ts";

/** Engine 20.10, the oldest that is supported. */
export const minimumApiVersion = "1.41";

/** How long an engine may take for its first answer, ms. */
const answerTimeout = 20_000;

/** A connection to one Docker engine. Close it when done: over ssh it holds a forwarding child process. */
export interface Engine extends AsyncDisposable {
  readonly docker: Docker;
  /** As in the settings: `local`, `unix://…`, `ssh://…` or `agent://…`. */
  readonly host: string;
  /** For child processes: what `DOCKER_HOST` must be to reach the same engine. Always `unix://…` or `tcp://…`. */
  readonly dockerHost: string;
  readonly remote: boolean;
  /** The machines of a swarm; undefined: it is one engine. */
  readonly fleet?: Fleet;
  /** Break a remote connection for good, so that nothing can be changed through it any more. `reason` ends every later call. */
  abandon(reason: UserError): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connect to an engine and prove that it answers.
 * An `ssh://user@host[:port][/socket]` host goes through the system's own ssh, so that ~/.ssh/config, agents and
 * known hosts hold; an `agent://host:port` one through the agent that runs there. Its socket is forwarded to a private local one.
 * Later, too, an engine or a connection that is gone makes every call end with a UserError.
 * @throws UserError when the engine or the host does not answer, or is too old.
 */
export async function connectEngine(host: string, sshOptions: readonly string[] = []): Promise<Engine> {
  const address = host === "local" ? await localDockerHost() : host;
  const far = await reach(address, sshOptions);
  const forward = far?.forward;
  const dockerHost = forward ? `unix://${forward.socket}` : address;
  const docker = dockerHost.startsWith("unix://")
    ? new Docker({ socketPath: dockerHost.slice("unix://".length) })
    : new Docker(tcpOptions(dockerHost));
  let abandoned: UserError | undefined;
  const close = async () => forward?.close();
  explainFailures(docker, async (error) => {
    if (abandoned) return abandoned;
    const told = await forward?.explain();
    if (far && told?.ended) return connectionLost(address, far.check, told.said, error);
    return engineDown(host, address, error, far?.check, told?.said);
  });
  try {
    const { ApiVersion } = await answered(docker, host);
    if (compareVersions(ApiVersion, minimumApiVersion) < 0) {
      throw new UserError(`The Docker engine at ${host} speaks API ${ApiVersion}`, {
        next: `Update it: API ${minimumApiVersion} (Docker 20.10) or newer is needed`,
      });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const abandon = async (reason: UserError) => {
    if ((await forward?.explain())?.ended) return;
    abandoned ??= reason;
    await close();
  };
  return { docker, host, dockerHost, remote: forward !== undefined, abandon, close, [Symbol.asyncDispose]: close };
}

/** The HTTP status of a Docker API error, if it is one. */
export function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number } | undefined)?.statusCode;
}

/** Whether the engine says of a container that it is gone (404), or that it goes or does not run any more (409). */
export function isGone(error: unknown): boolean {
  return [404, 409].includes(statusOf(error) ?? 0);
}

/** An engine can also take a connection and then say nothing, stopped or out of memory. */
async function answered(docker: Docker, host: string): Promise<Docker.DockerVersion> {
  const abort = new AbortController();
  const late = sleep(answerTimeout, "late" as const, { signal: abort.signal }).catch(() => "late" as const);
  try {
    const first = await Promise.race([docker.version(), late]);
    if (first !== "late") return first;
    throw new UserError(`The Docker engine at ${host} says nothing for ${answerTimeout / 1_000} s`, {
      next: "Look at its log and its machine's memory, or restart it",
    });
  } finally {
    abort.abort();
  }
}

/** Every request of dockerode goes through `dial`; only failures of the connection are replaced, not the engine's answers. */
function explainFailures(docker: Docker, explain: (error: Error) => Promise<UserError>): void {
  type Callback = (error: Error | null, data?: unknown) => void;
  const modem = docker.modem as unknown as { dial(options: unknown, callback: Callback): void };
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) =>
    dial(options, (error, data) => {
      if (error && isConnectionFailure(error)) void explain(error).then((explained) => callback(explained));
      else callback(error, data);
    });
}

function isConnectionFailure(error: Error): boolean {
  const codes = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOENT", "EACCES", "ENOTSOCK", "ETIMEDOUT", "EHOSTUNREACH"];
  return codes.includes((error as NodeJS.ErrnoException).code ?? "");
}

/** A way to an engine on another machine, and what a person types to see whether it is there; undefined: it is on this one. */
async function reach(address: string, sshOptions: readonly string[]) {
  if (address.startsWith("ssh://")) {
    const url = parseSshHost(address);
    return { forward: await forwardSocket(url, sshOptions), check: checkCommand(url, sshOptions) };
  }
  if (!address.startsWith("agent://")) return undefined;
  const url = parseAgentHost(address);
  return { forward: await forwardThroughAgent(url), check: `pnpm peers:reach ${address}` };
}

function connectionLost(address: string, check: string, said: string, cause: unknown): UserError {
  return new UserError(`The connection to ${address} was lost: ${said}`, {
    next: `Run the same command again, it goes on from there. To see why: ${check}`,
    cause,
  });
}

function engineDown(host: string, address: string, cause: Error, check?: string, sshSaid?: string): UserError {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "EACCES") {
    return new UserError(`No permission for the Docker engine at ${address}`, {
      next: "Add yourself to the docker group (sudo usermod -aG docker $USER) and log in again",
      cause,
    });
  }
  return new UserError(`The Docker engine at ${address} does not answer (${sshSaid ?? code ?? messageOf(cause)})`, {
    next: check
      ? `Check that Docker runs there: ${check}`
      : host === "local"
        ? "Start it: ./understudy setup"
        : `Check that Docker runs there: docker -H ${host} version`,
    cause,
  });
}

function tcpOptions(dockerHost: string): Docker.DockerOptions {
  const url = new URL(dockerHost);
  return { host: url.hostname, port: Number(url.port || 2375), protocol: "http" };
}

/** Negative when `a` is the older of two dotted versions. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
