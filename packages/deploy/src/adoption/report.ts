import { basename } from "node:path";
import { secondsInWords } from "@understudy/core";
import type { Target } from "@understudy/environment";
import { type PlanItem, planLine } from "../plan/describe.ts";
import type { Adoptable } from "./look.ts";
import { nameOf } from "./match-services.ts";

/** What `adopt --json` says; documented in docs/cli-json.md. */
export interface AdoptReport {
  readonly environment: string;
  /** The Docker Compose project. */
  readonly project: string;
  readonly result: "planned" | "adopted";
  readonly release: string;
  readonly services: readonly { readonly name: string; readonly container: string; readonly image: string }[];
  /** Containers of the project that the compose files know nothing of; they are left alone. */
  readonly others: readonly string[];
  /** What the next deploy or promotion changes. */
  readonly differences: readonly (PlanItem & { readonly text: string })[];
  readonly settings: {
    readonly file: string;
    /** Names of the variables whose values the containers told. */
    readonly derived: readonly string[];
    /** Variables that only a person can tell. */
    readonly missing: readonly string[];
  };
  /** What must be done before it can be adopted. */
  readonly first: string | null;
  readonly seconds: number;
}

export function adoptReport(
  { candidate, services, others, settings }: Adoptable,
  differences: readonly PlanItem[],
  { target, result, first }: { target: Target; result: AdoptReport["result"]; first: string | undefined },
): AdoptReport {
  return {
    environment: target.environment.name,
    project: target.environment.stackName,
    result,
    release: candidate.release.id,
    services: [...services].map(([name, info]) => ({
      name,
      container: nameOf(info),
      image: candidate.images[name]?.reference ?? "",
    })),
    others,
    differences: differences.map((item) => ({ ...item, text: planLine(item) })),
    settings: { file: basename(settings.file.path), derived: settings.derived, missing: settings.missing },
    first: first ?? null,
    // Since the process began: what the person waited.
    seconds: Math.round(performance.now() / 100) / 10,
  };
}

/** For people, before it is done. */
export function showAdoptable(report: AdoptReport): string {
  const { project, services, others, differences, settings, first } = report;
  const { file, derived, missing } = settings;
  return [
    `Docker Compose project ${project}:\n`,
    ...services.map(({ name, container, image }) => `  ${name}: ${container}, ${image}\n`),
    ...others.map((name) => `  ${name}: not in the compose files, left alone\n`),
    differences.length
      ? "The compose files say otherwise than what runs. The next deploy or promotion changes these:\n"
      : "It runs as the compose files say.\n",
    ...differences.map(({ text }) => `  ${text}\n`),
    `${file} gets ${derived.length} values from the containers${derived.length ? `: ${derived.join(", ")}` : ""}\n`,
    ...(missing.length ? [`${file} lacks what no container tells: ${missing.join(", ")}\n`] : []),
    ...(first ? [`First: ${first}\n`] : []),
  ].join("");
}

/** For people, at the end. */
export function showAdopted({ environment, project, release, differences, seconds }: AdoptReport): string {
  const lines = differences.map(({ text }) => `  ${text}\n`).join("");
  const changes = lines ? `The next deploy or promotion changes these:\n${lines}` : "";
  return `${environment} took over ${project} as release ${release}, after ${secondsInWords(seconds)}; nothing was restarted.\n${changes}From now on, do not run docker compose on it.\n`;
}
