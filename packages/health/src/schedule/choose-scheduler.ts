import { accessSync, constants, existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { toolchain, UserError } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { cron } from "./crontab.ts";
import type { Scheduler } from "./scheduler.ts";
import { systemd } from "./systemd.ts";

export interface Choice {
  readonly scheduler: Scheduler;
  /** Environment variables that a job needs, for nobody logs in for it. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * systemd where it runs, else cron; or as asked for.
 * @param showOnly nothing will be installed: systemd's files can be shown anywhere.
 * @throws UserError when there is neither.
 */
export function chooseScheduler({ installation }: Target, asked: string | undefined, showOnly: boolean): Choice {
  const uid = process.getuid?.() ?? -1;
  const owner = statSync(installation.root).uid;
  const running = existsSync("/run/systemd/system");
  if (asked === "systemd" || (asked === undefined && running)) {
    if (!running && !showOnly) throw new UserError("systemd does not run on this machine", { next: "Use --with cron" });
    const scope = uid === 0 ? "system" : "user";
    const user = scope === "system" && owner !== 0 ? owner : undefined;
    // Another user's home and cache are not ours to name: the launcher finds them.
    return { scheduler: systemd({ scope, user, running }), variables: user === undefined ? surroundings() : {} };
  }
  if (!onPath("crontab")) {
    throw new UserError(asked ? "cron is not on this machine" : "Neither systemd nor cron is on this machine", {
      next: "Install cron (e.g. apt-get install cron), or keep pnpm health:monitor running by other means",
    });
  }
  if (owner !== uid) {
    throw new UserError(
      `${installation.root} belongs to user ${owner}, and cron runs jobs as the one who installs them`,
      {
        next: "Run this command as that user",
      },
    );
  }
  return { scheduler: cron, variables: surroundings() };
}

function surroundings(): Record<string, string> {
  const { DOCKER_HOST } = process.env;
  return { HOME: homedir(), UNDERSTUDY_CACHE: toolchain().cache, ...(DOCKER_HOST ? { DOCKER_HOST } : {}) };
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
