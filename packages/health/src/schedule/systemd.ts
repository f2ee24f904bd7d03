import { existsSync, readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { basename, join } from "node:path";
import { type ScheduledJob, UserError, unitFiles } from "@understudy/core";
import type { Scheduler } from "./scheduler.ts";
import { runCommand } from "./step.ts";
import { installUnits, removeUnits, standingOf, type UnitState } from "./units.ts";

export interface SystemdOptions {
  readonly scope: "system" | "user";
  /** Of a system unit, unless it is root. */
  readonly user: number | undefined;
  /** Without systemd running, units can be shown but not installed. */
  readonly running: boolean;
}

/** The machine's systemd for root, the user's own manager for anybody else. */
export function systemd({ scope, user, running }: SystemdOptions): Scheduler {
  const folder =
    scope === "system"
      ? "/etc/systemd/system"
      : join(process.env.XDG_CONFIG_HOME || join(homedir(), ".config"), "systemd", "user");
  const systemctl = scope === "system" ? ["systemctl"] : ["systemctl", "--user"];
  return {
    name: "systemd",
    look: async (jobs) => {
      const wanted = jobs.map((job) => ({ job, files: filesOf(job, folder, { scope, user }) }));
      const names = wanted.flatMap(({ files }) => files.map(({ path }) => basename(path)));
      const properties = running ? await show(systemctl, names) : new Map<string, Properties>();
      const units = wanted.map(({ job, files }) => stateOf(job, files, properties));
      return {
        jobs: units.map((unit) => {
          const { enabled, active, next, last } = unit;
          return { job: unit.job.job, standing: standingOf(unit), on: enabled && active, next, last };
        }),
        install: () => installUnits(units, systemctl),
        remove: () => removeUnits(units, systemctl),
      };
    },
    notes: () => {
      const { username } = userInfo();
      return scope === "system" || existsSync(`/var/lib/systemd/linger/${username}`)
        ? []
        : [
            `The jobs run only while you are logged in. To let them run always: sudo loginctl enable-linger ${username}`,
          ];
    },
  };
}

function filesOf(
  job: ScheduledJob,
  folder: string,
  options: Pick<SystemdOptions, "scope" | "user">,
): UnitState["files"] {
  return unitFiles(job, { ...options, writable: [job.installation] }).map(({ name, text }) => {
    const path = join(folder, name);
    return { path, text, found: readIfThere(path) };
  });
}

type Properties = Readonly<Record<string, string>>;

/** Each unit's properties; one that does not exist has empty ones. */
async function show(systemctl: readonly string[], names: readonly string[]): Promise<Map<string, Properties>> {
  const wanted = "UnitFileState,ActiveState,NeedDaemonReload,NextElapseUSecRealtime,LastTriggerUSec";
  const output = (await runCommand([...systemctl, "show", `--property=Id,${wanted}`, "--", ...names])).toString();
  const units = output
    .trim()
    .split("\n\n")
    .map((part) => Object.fromEntries(part.split("\n").map((line) => line.split(/=(.*)/s, 2) as [string, string])));
  return new Map(units.map((properties) => [properties.Id ?? "", properties]));
}

function stateOf(job: ScheduledJob, files: UnitState["files"], properties: Map<string, Properties>): UnitState {
  const [main, ...others] = files.map(({ path }) => properties.get(basename(path)));
  return {
    job,
    files,
    enabled: main?.UnitFileState === "enabled",
    active: ["active", "activating", "reloading"].includes(main?.ActiveState ?? ""),
    stale: [main, ...others].some((unit) => unit?.NeedDaemonReload === "yes"),
    next: main?.NextElapseUSecRealtime || undefined,
    last: main?.LastTriggerUSec === "n/a" ? undefined : main?.LastTriggerUSec || undefined,
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(`${path} cannot be read`, { next: "Run it as a user who may", cause: error });
  }
}
