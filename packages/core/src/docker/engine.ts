import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import Docker from "dockerode";
import { messageOf, UserError } from "../errors.ts";
import { forwardSocket } from "./ssh-forward.ts";

/** Engine 20.10, the oldest that is supported. */
export const minimumApiVersion = "1.41";

/** A connection to one Docker engine. Close it when done: over ssh it holds a forwarding child process. */
export interface Engine extends AsyncDisposable {
  readonly docker: Docker;
  /** As in the settings: `local`, `unix://…` or `ssh://…`. */
  readonly host: string;
  /** For child processes: what `DOCKER_HOST` must be to reach the same engine. Always `unix://…` or `tcp://…`. */
  readonly dockerHost: string;
  readonly remote: boolean;
  close(): Promise<void>;
}

/**
 * Connect to an engine and prove that it answers.
 * An `ssh://user@host[:port][/socket]` host goes through the system's own ssh, so that ~/.ssh/config, agents and
 * known hosts hold; its socket is forwarded to a private local one.
 * @throws UserError when the engine or the host does not answer, or is too old.
 */
export async function connectEngine(host: string, sshOptions: readonly string[] = []): Promise<Engine> {
  const forward = host.startsWith("ssh://") ? await forwardSocket(new URL(host), sshOptions) : undefined;
  const dockerHost = forward ? `unix://${forward.socket}` : host === "local" ? await localDockerHost() : host;
  const docker = dockerHost.startsWith("unix://")
    ? new Docker({ socketPath: dockerHost.slice("unix://".length) })
    : new Docker(tcpOptions(dockerHost));
  const close = async () => forward?.close();
  try {
    const { ApiVersion } = await docker.version();
    if (compareVersions(ApiVersion, minimumApiVersion) < 0) {
      throw new UserError(`The Docker engine at ${host} speaks API ${ApiVersion}`, {
        next: `Update it: API ${minimumApiVersion} (Docker 20.10) or newer is needed`,
      });
    }
  } catch (error) {
    await close();
    if (error instanceof UserError) throw error;
    throw engineDown(host, dockerHost, error);
  }
  return { docker, host, dockerHost, remote: forward !== undefined, close, [Symbol.asyncDispose]: close };
}

/** The HTTP status of a Docker API error, if it is one. */
export function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number } | undefined)?.statusCode;
}

function engineDown(host: string, dockerHost: string, cause: unknown): UserError {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "EACCES") {
    return new UserError(`No permission for the Docker engine at ${dockerHost}`, {
      next: "Add yourself to the docker group (sudo usermod -aG docker $USER) and log in again",
      cause,
    });
  }
  return new UserError(
    `The Docker engine at ${host === "local" ? dockerHost : host} does not answer (${code ?? messageOf(cause)})`,
    {
      next:
        host === "local" ? "Start it: ./understudy setup" : `Check that Docker runs there: docker -H ${host} version`,
      cause,
    },
  );
}

async function localDockerHost(): Promise<string> {
  const fromEnvironment = process.env.DOCKER_HOST;
  if (fromEnvironment) return fromEnvironment;
  const usual = "/var/run/docker.sock";
  if (existsSync(usual)) return `unix://${usual}`;
  try {
    const { stdout } = await promisify(execFile)("docker", [
      "context",
      "inspect",
      "--format",
      "{{.Endpoints.docker.Host}}",
    ]);
    return stdout.trim() || `unix://${usual}`;
  } catch {
    return `unix://${usual}`;
  }
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
