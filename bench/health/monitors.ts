import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../deploy/measure.ts";

const root = join(import.meta.dirname, "../..");

/** What a monitor has to watch. */
export interface Load {
  /** Check number n asks `<url>/check/<n>` and expects status 200. */
  readonly url: string;
  readonly checks: number;
  /** Seconds. */
  readonly interval: number;
  /** Free, for the monitor's own page and metrics. */
  readonly port: number;
}

export interface Monitor {
  readonly name: string;
  /** Write its settings into an empty folder, and say how it is started there. */
  prepare(folder: string, load: Load): Command;
}

export const ours: Monitor = {
  name: "pnpm health:monitor",
  prepare(folder, { url, checks, interval, port }) {
    const settings = {
      project: "bench",
      environments: { staging: { kind: "staging", profile: "laptop" } },
      monitor: { intervalSeconds: interval, listen: `127.0.0.1:${port}` },
    };
    const all = numbers(checks).map((n) => ({
      name: `check ${n}`,
      type: "http",
      url: `${url}/check/${n}`,
      expect: { status: 200 },
    }));
    writeYaml(join(folder, "understudy.yml"), settings);
    mkdirSync(join(folder, "checks"));
    writeYaml(join(folder, "checks/bench.yml"), all);
    return {
      program: process.execPath,
      args: [...scriptOf("health:monitor"), "--environment", "staging", "--checks-only"],
      env: { UNDERSTUDY_ROOT: folder },
      cwd: root,
    };
  },
};

/**
 * Gatus at its best for this: no limit to what it asks at once, no line logged for each probe. Its history is kept in
 * SQLite and its metrics are on, as ours are.
 * @returns undefined when it cannot be built here, after saying why.
 */
export function gatus(): Monitor | undefined {
  const program = buildGatus();
  if (!program) return undefined;
  return {
    name: "Gatus",
    prepare(folder, { url, checks, interval, port }) {
      const settings = join(folder, "config.yaml");
      writeYaml(settings, {
        web: { address: "127.0.0.1", port },
        storage: { type: "sqlite", path: join(folder, "gatus.db") },
        metrics: true,
        concurrency: 0,
        endpoints: numbers(checks).map((n) => ({
          name: `check-${n}`,
          url: `${url}/check/${n}`,
          interval: `${interval}s`,
          conditions: ["[STATUS] == 200"],
        })),
      });
      return { program, args: [], env: { GATUS_CONFIG_PATH: settings, GATUS_LOG_LEVEL: "WARN" }, cwd: folder };
    },
  };
}

/** What Node is given by a script of package.json: without pnpm between, the process is the monitor itself. */
function scriptOf(verb: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [program, ...args] = scripts[verb].split(" ");
  if (program !== "node") throw new Error(`The script ${verb} does not start with node, and cannot be measured`);
  return args;
}

function buildGatus(): string | undefined {
  try {
    const printed = execFileSync(join(import.meta.dirname, "gatus.sh"), { stdio: ["ignore", "pipe", "inherit"] });
    return printed.toString().trim();
  } catch {
    process.stderr.write("Gatus cannot be built here, for the reason above: ours is measured alone\n");
    return undefined;
  }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** JSON is YAML. */
function writeYaml(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, null, 1));
}
