import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "./errors.ts";
import { sourceRoot } from "./installation.ts";

/** The pinned versions of `toolchain/versions`, and where ./understudy puts them. Paths need not exist. */
export interface Toolchain {
  readonly cache: string;
  readonly nodeVersion: string;
  readonly pnpmVersion: string;
  readonly pulumiVersion: string;
  readonly dockerProviderVersion: string;
  /** What `PULUMI_HOME` must be for the provider to be found. */
  readonly pulumiHome: string;
  readonly pulumiBin: string;
  readonly providerBin: string;
}

/**
 * The toolchain of this checkout, laid out as ./understudy lays it: verbs find it with or without the launcher.
 * @param versions the text of `toolchain/versions`.
 * @throws UserError when a version is not pinned.
 */
export function toolchain(env: NodeJS.ProcessEnv = process.env, versions: string = pinnedVersions()): Toolchain {
  const dockerProviderVersion = pinned("DOCKER_PROVIDER_VERSION", versions);
  const pulumiVersion = pinned("PULUMI_VERSION", versions);
  const cache = cacheDirectory(env);
  const pulumiHome = join(cache, `pulumi-${pulumiVersion}`);
  return {
    cache,
    nodeVersion: pinned("NODE_VERSION", versions),
    pnpmVersion: pinned("PNPM_VERSION", versions),
    pulumiVersion,
    dockerProviderVersion,
    pulumiHome,
    pulumiBin: join(pulumiHome, "bin", "pulumi"),
    providerBin: join(pulumiHome, "plugins", `resource-docker-v${dockerProviderVersion}`, "pulumi-resource-docker"),
  };
}

/**
 * The same, when Pulumi and its Docker provider are really there.
 * @throws UserError naming the missing file and the command that brings it.
 */
export function assertPulumi(
  chain: Toolchain = toolchain(),
  exists: (path: string) => boolean = existsSync,
): Toolchain {
  for (const [what, path] of [
    ["Pulumi", chain.pulumiBin],
    ["Pulumi's Docker provider", chain.providerBin],
  ] as const) {
    if (!exists(path)) throw new UserError(`${what} is not at ${path}`, { next: "Set it up: ./understudy setup" });
  }
  return chain;
}

/** As the launcher does: an empty variable counts as unset. */
function cacheDirectory(env: NodeJS.ProcessEnv): string {
  return env.UNDERSTUDY_CACHE || join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "understudy");
}

function pinned(name: string, versions: string): string {
  const version = new RegExp(`^${name}=(\\S+)$`, "m").exec(versions)?.[1];
  if (version) return version;
  throw new UserError(`toolchain/versions does not pin ${name}`, {
    next: "Restore it: git checkout toolchain/versions",
  });
}

function pinnedVersions(): string {
  return readFileSync(join(sourceRoot, "toolchain", "versions"), "utf8");
}
