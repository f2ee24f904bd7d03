import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { UserError } from "../errors.ts";

/** Where this machine's engine listens: as DOCKER_HOST says, else where it usually does, else as docker's own context says. */
export async function localDockerHost(): Promise<string> {
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

/** The socket of an environment's engine on this machine. @throws UserError when it is elsewhere, or no socket */
export async function dockerSocket(host: string): Promise<string> {
  const address = host === "local" ? await localDockerHost() : host;
  if (address.startsWith("unix://")) return address.slice("unix://".length);
  throw new UserError(`The Docker engine is at ${address}, which is no socket of this machine`, {
    next: "Run the agent on the machine of the engine",
  });
}
