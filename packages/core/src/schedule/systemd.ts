import { UserError } from "../errors.ts";
import { printable, type ScheduledJob, type When } from "./job.ts";
import { stamp } from "./stamp.ts";

export interface UnitFile {
  /** With its ending. */
  readonly name: string;
  readonly text: string;
}

export interface UnitOptions {
  /** The machine's service manager, or a user's own. */
  readonly scope: "system" | "user";
  /** Number of the user that a system unit runs as; root without it. */
  readonly user?: number | undefined;
  /** Folders that the job writes to, wherever they are. */
  readonly writable: readonly string[];
}

/**
 * The unit files of a job; the first is the one to enable: the timer of a job that has a time, else the service.
 * @throws UserError for a path that cannot stand in a unit file.
 */
export function unitFiles(job: ScheduledJob, options: UnitOptions): UnitFile[] {
  const file = (ending: string, sections: Sections) => ({
    name: `${job.unit}.${ending}`,
    text: stamp(job, `# pnpm schedule:install writes this file, pnpm schedule:remove removes it.\n${render(sections)}`),
  });
  const service = file("service", serviceSections(job, options));
  return job.when === "always" ? [service] : [file("timer", timerSections(job, job.when)), service];
}

/** A word of a unit file as systemd.syntax(7) unquotes it, with `%` kept from being a specifier. */
export function unitWord(text: string): string {
  const safe = printable(text).replaceAll("%", "%%");
  return /^[\w@+=:,./%-]+$/.test(safe) ? safe : `"${safe.replaceAll(/[\\"]/g, "\\$&")}"`;
}

/**
 * A command line of a unit file. `$` is kept from being a variable; in the program's path it never is one.
 * @throws UserError for a program that systemd would not start.
 */
export function commandLine([program = "", ...args]: readonly string[]): string {
  if (/['"\\]/.test(program)) {
    throw new UserError(
      `${program} has a quote or a backslash in it, and systemd starts no program whose path has one`,
      {
        next: "Give the folder another name",
      },
    );
  }
  return [unitWord(program), ...args.map((word) => unitWord(word.replaceAll("$", () => "$$")))].join(" ");
}

type Sections = Readonly<Record<string, readonly string[]>>;

function serviceSections(job: ScheduledJob, options: UnitOptions): Sections {
  const system = options.scope === "system";
  const endless = job.when === "always";
  return {
    Unit: [
      `Description=${printable(job.description)}`,
      ...(system ? ["Wants=network-online.target", "After=network-online.target docker.service"] : []),
      ...(endless ? ["StartLimitIntervalSec=0"] : []),
    ],
    Service: [
      ...(endless ? ["Type=simple", "Restart=always", "RestartSec=10"] : ["Type=oneshot", "TimeoutStartSec=6h"]),
      `ExecStart=${commandLine(job.command)}`,
      ...Object.entries(job.variables).map(([name, value]) => `Environment=${unitWord(`${name}=${value}`)}`),
      ...(options.user === undefined ? [] : [`User=${options.user}`]),
      // Ended by SIGTERM as it should be.
      "SuccessExitStatus=143",
      `MemoryMax=${job.memory}`,
      "Nice=5",
      ...hardening,
      ...(system ? [...systemHardening, `ReadWritePaths=${options.writable.map(unitWord).join(" ")}`] : []),
    ],
    ...(endless ? { Install: [`WantedBy=${system ? "multi-user.target" : "default.target"}`] } : {}),
  };
}

function timerSections(job: ScheduledJob, when: Exclude<When, "always">): Sections {
  return {
    Unit: [`Description=${printable(job.description)}`],
    Timer: [`OnCalendar=${calendar(when)}`, "Persistent=true", "RandomizedDelaySec=15min"],
    Install: ["WantedBy=timers.target"],
  };
}

/** None of it hides the Docker engine's socket, ssh's keys, or what they need. */
const hardening = ["NoNewPrivileges=true", "LockPersonality=true", "RestrictRealtime=true", "RestrictSUIDSGID=true"];

/** A user's own manager has no right to these. */
const systemHardening = [
  "ProtectSystem=full",
  "ProtectKernelTunables=true",
  "ProtectKernelModules=true",
  "ProtectControlGroups=true",
];

function calendar({ weekday, day, hour, minute }: Exclude<When, "always">): string {
  const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const dayOfWeek = weekday === undefined ? "" : `${days[weekday]} `;
  const dayOfMonth = day === undefined ? "*" : twoDigits(day);
  return `${dayOfWeek}*-*-${dayOfMonth} ${[hour, minute, 0].map(twoDigits).join(":")}`;
}

function twoDigits(part: number): string {
  return String(part).padStart(2, "0");
}

function render(sections: Sections): string {
  return Object.entries(sections)
    .map(([name, lines]) => `\n[${name}]\n${lines.join("\n")}\n`)
    .join("");
}
