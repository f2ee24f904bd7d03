import type { Toolchain } from "@understudy/core";
import type { Probe } from "./probe.ts";

/** `unneeded`: absent, and nothing on this machine asks for it. */
export type Status = "ok" | "warning" | "failed" | "unneeded";

/** One requirement as found on this machine. The JSON output has exactly these fields. */
export interface Finding {
  /** Stable, for programs: `docker-engine`. */
  readonly name: string;
  readonly title: string;
  readonly status: Status;
  /** A failed one that is required makes the doctor exit with 1. */
  readonly required: boolean;
  /** What was found, null when nothing was. */
  readonly version: string | null;
  readonly location: string | null;
  /** What is asked for. */
  readonly needs: string;
  /** What to do, null when there is nothing to do. */
  readonly mend: string | null;
}

/** What every check is given. */
export interface Context {
  readonly probe: Probe;
  readonly chain: Toolchain;
  /** The checkout. */
  readonly root: string;
  /** Whether an environment of the settings is a swarm. */
  readonly swarm: boolean;
  readonly managed?: readonly ManagedPlace[];
}

/** A Postgres that somebody else runs for an environment. */
export interface ManagedPlace {
  readonly environment: string;
  /** `host:port`. */
  readonly place: string;
  /** Where its CA's certificates are. */
  readonly ca: string | undefined;
}

export type Check = (context: Context) => Promise<Finding[]>;

/** The first dotted number of a program's version text. */
export function versionIn(text: string | undefined): string | null {
  return /\d+\.\d+(?:\.\d+)?/.exec(text ?? "")?.[0] ?? null;
}

/** The package manager's line for a system package, with sudo for whoever needs it. */
export function installPackage(name: string, { probe }: Context): string {
  return probe.system().platform === "darwin" ? `brew install ${name}` : `sudo apt-get install ${name}`;
}

export const setUp = "./understudy setup";
