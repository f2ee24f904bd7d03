import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "@understudy/core";

/** A docker program that can build with BuildKit: by its buildx plugin, or (before version 23) by itself. */
export interface DockerClient {
  readonly path: string;
  readonly version: string;
  readonly buildx: boolean;
}

/**
 * The first docker program that can use BuildKit: on the PATH, or in the `further` folders.
 * @throws UserError when there is none.
 */
export async function findBuildClient(
  env: NodeJS.ProcessEnv = process.env,
  further: readonly string[] = ["/usr/bin", "/usr/local/bin"],
): Promise<DockerClient> {
  const seen: string[] = [];
  const folders = [...(env.PATH ?? "").split(delimiter).filter(Boolean), ...further];
  for (const path of new Set(folders.map((folder) => join(folder, "docker")))) {
    if (!existsSync(path)) continue;
    const version = await answer(path, ["version", "--format", "{{.Client.Version}}"]);
    if (!version) continue;
    seen.push(`${path} ${version}`);
    const buildx = (await answer(path, ["buildx", "version"])) !== undefined;
    if (buildx || Number.parseInt(version, 10) < 23) return { path, version, buildx };
  }
  throw new UserError(
    seen.length === 0
      ? "No docker program is on the PATH"
      : `No docker program here can build with BuildKit (${seen.join(", ")}: no buildx plugin)`,
    { next: "Install one: apt-get install docker-buildx, docker-buildx-plugin, or Debian 12's docker.io" },
  );
}

/** What a program prints. With the engine down the client still prints its own version, and fails. */
async function answer(path: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, args);
    return stdout.trim() || undefined;
  } catch (error) {
    return (error as { stdout?: string }).stdout?.trim() || undefined;
  }
}
