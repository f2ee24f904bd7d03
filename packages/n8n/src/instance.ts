import { type ContainerInspectInfo, UserError } from "@understudy/core";

/** What an n8n says of itself by how it was started. */
export interface Instance {
  readonly version: string;
  /** IANA name, for workflows that name none. */
  readonly timezone: string;
  /** Whether executions that went well are kept, for workflows that do not say. */
  readonly keepsSuccesses: boolean;
  /** ms after which executions are removed; Infinity when they never are. */
  readonly keepsFor: number;
  /** Executions beyond which the oldest are removed; Infinity when they never are. */
  readonly keepsAtMost: number;
}

/** The major versions whose API is known here. */
const known: readonly string[] = ["2"];

/**
 * Read it from n8n's container: n8n's API tells neither version nor settings.
 * @throws UserError for a version that is not known here.
 */
export function instanceOf(container: Pick<ContainerInspectInfo, "Config">): Instance {
  const { Env, Labels, Image } = container.Config;
  const env = new Map(Env.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
  const version = Labels["org.opencontainers.image.version"] ?? /:(\d[^:@/]*)$/.exec(Image)?.[1] ?? "unknown";
  if (!known.includes(version.split(".")[0] ?? "")) {
    throw new UserError(`n8n ${version} is not known here, only ${known.map((major) => `${major}.x`).join(", ")}`, {
      next: "Run a known version, or look whether Understudy has an update",
    });
  }
  const prunes = env.get("EXECUTIONS_DATA_PRUNE") !== "false";
  const hours = Number(env.get("EXECUTIONS_DATA_MAX_AGE") ?? 336);
  const most = Number(env.get("EXECUTIONS_DATA_PRUNE_MAX_COUNT") ?? 10_000);
  return {
    version,
    timezone: env.get("GENERIC_TIMEZONE") || "America/New_York",
    keepsSuccesses: env.get("EXECUTIONS_DATA_SAVE_ON_SUCCESS") !== "none",
    keepsFor: prunes ? hours * 3_600_000 : Number.POSITIVE_INFINITY,
    keepsAtMost: prunes && most > 0 ? most : Number.POSITIVE_INFINITY,
  };
}
