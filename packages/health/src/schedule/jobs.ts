import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Environment, type ScheduledJob, type Settings, sourceRoot, UserError } from "@understudy/core";
import type { Target } from "@understudy/environment";

export const jobNames = ["monitor", "weekly", "backup", "drill", "team"] as const;
export type JobName = (typeof jobNames)[number];

/** What an environment gets unless told; the others only when they are named. */
export const usualJobs: readonly JobName[] = jobNames.filter((name) => name !== "team");

/** A job that an environment can have, or could have if this version had the verb that it runs. */
export interface OfferedJob extends ScheduledJob {
  readonly job: JobName;
  /** Verbs that this version lacks. */
  readonly missing: readonly string[];
}

/** The names after `--only`, comma separated. @param unless without it @throws UserError for an unknown one. */
export function parseJobNames(only: string | undefined, unless: readonly JobName[]): JobName[] {
  const names: readonly string[] = only?.split(",").map((name) => name.trim()) ?? unless;
  for (const name of names) {
    if (jobNames.includes(name as JobName)) continue;
    throw new UserError(`--only has "${name}", which is no job`, {
      next: `The jobs are: ${jobNames.join(", ")}`,
      exitCode: 2,
    });
  }
  return jobNames.filter((name) => names.includes(name));
}

/** The jobs of an environment. `variables` are what the launcher needs to find its way without a login. */
export function offeredJobs(
  { installation, environment, settings }: Target,
  variables: Readonly<Record<string, string>>,
  verbs: ReadonlySet<string> = verbsHere(),
): OfferedJob[] {
  const launcher = join(sourceRoot, "understudy");
  const { name } = environment;
  const share = sharing(settings, environment);
  const definitions: Record<JobName, Definition> = {
    monitor: {
      description: `Understudy watches ${name}`,
      command: [launcher, "health:monitor", "--environment", name],
      needs: ["health:monitor"],
      when: "always",
      megabytes: 512,
    },
    weekly: {
      description: `Understudy's weekly health report and clean-up of ${name}`,
      command: ["/bin/sh", "-c", weekly, launcher, name, join(installation.logsDir, "health")],
      needs: ["health:check", "cleanup"],
      when: { weekday: 0, hour: 4, minute: 0 },
      megabytes: 1_024,
    },
    backup: {
      description: `Understudy's nightly backup of ${name}`,
      command: [launcher, "backup", "--environment", name, "--verify", "--wait"],
      needs: ["backup"],
      when: { hour: 2, minute: 0 },
      megabytes: 2_048,
    },
    drill: {
      description: `Understudy's monthly drill of taking ${name} back`,
      command: [launcher, "rollback:drill", "--environment", name, "--wait"],
      needs: ["rollback:drill"],
      when: { day: 1, hour: 4, minute: 30 },
      megabytes: 2_048,
    },
    team: {
      description: `Understudy shares ${name} with the team every day`,
      command: [launcher, share.verb, "--environment", name, "--wait", ...share.flags],
      needs: [share.verb],
      when: {
        hour: Number(settings.teamSync.exportAt.slice(0, 2)),
        minute: Number(settings.teamSync.exportAt.slice(3)),
      },
      megabytes: 1_024,
    },
  };
  // Production's data reaches no teammate.
  const offered = jobNames.filter((job) => job !== "team" || environment.kind === "staging");
  return offered.map((job) => {
    const { needs, megabytes, ...definition } = definitions[job];
    return {
      ...definition,
      job,
      installation: installation.root,
      environment: name,
      unit: `understudy-${environment.stackName}-${job}`,
      memory: megabytes * 1_048_576,
      variables: { UNDERSTUDY_ROOT: installation.root, ...variables },
      unlessRunning: ["--if-absent"],
      missing: needs.filter((verb) => !verbs.has(verb)),
    };
  });
}

/** What shares with the team. A place is always encrypted; an archive of data that may be unmasked must be. */
function sharing({ teamSync }: Settings, { sanitize }: Environment): { verb: string; flags: readonly string[] } {
  if (teamSync.place !== undefined) return { verb: "team:push", flags: [] };
  return { verb: "team:export", flags: ["--tell", ...(sanitize ? [] : ["--encrypt"])] };
}

interface Definition extends Pick<ScheduledJob, "description" | "command" | "when"> {
  /** Verbs that it runs. */
  readonly needs: readonly string[];
  readonly megabytes: number;
}

/** $0 launcher, $1 environment, $2 folder of the report. An unhealthy stack is cleaned up too, and is what the job ends with. */
const weekly = [
  "umask 077",
  'mkdir -p "$2"',
  "report=$2/health-report-$1-$(date -I | tr -d -).log",
  '"$0" health:check --environment "$1" --verbose >>"$report" 2>&1',
  "health=$?",
  '[ $health = 0 ] || echo "health:check ended with $health, see $report" >&2',
  '"$0" cleanup --environment "$1" --yes && exit $health',
].join("; ");

function verbsHere(): Set<string> {
  const file = JSON.parse(readFileSync(join(sourceRoot, "package.json"), "utf8")) as { scripts: object };
  return new Set(Object.keys(file.scripts));
}
