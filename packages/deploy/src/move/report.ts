import { type Journey, placeInWords, type Target, type Whereabouts } from "@understudy/environment";
import type { Looked } from "./look.ts";
import type { MovePlan } from "./plan-move.ts";

/** What `engine:move --json` says; documented in docs/cli-json.md. */
export interface MoveReport {
  readonly environment: string;
  /** `undone`: what was begun was taken back; it runs where it ran before. */
  readonly result: "planned" | "moved" | "undone" | "finished";
  readonly from: string;
  readonly to: string;
  /** Absent when a run goes on with what another one planned. */
  readonly data?: MovePlan["data"];
  /** Name of the machine that has the data. */
  readonly home?: string;
  readonly volumes: readonly { readonly name: string; readonly bytes: number }[];
  readonly steps: readonly string[];
  readonly backup: string | null;
  /** How long nothing answered, s; null where a part of it was in another run, or nothing was moved. */
  readonly awaySeconds: number | null;
  /** What understudy.yml has to say now, and does not; null: it does. */
  readonly settings: string | null;
}

interface Outcome {
  readonly journey: Journey;
  readonly looked: Looked | undefined;
  readonly plan: MovePlan | undefined;
  /** ms. */
  readonly away?: number | null;
}

export function reportOf(
  { environment }: Target,
  result: MoveReport["result"],
  { journey, looked, plan, away = null }: Outcome,
): MoveReport {
  const { from, to, backup } = journey;
  return {
    ...{ environment: environment.name, result, from: placeInWords(from), to: placeInWords(to) },
    ...(looked && plan ? { data: plan.data, home: looked.home } : {}),
    volumes: (looked?.volumes ?? []).map(({ name, bytes }) => ({ name, bytes })),
    steps: plan?.steps ?? [],
    backup,
    awaySeconds: away === null ? null : Math.round(away / 100) / 10,
    settings: result === "planned" || to.engine === environment.engine ? null : settingsOf(to),
  };
}

function settingsOf({ engine, host }: Whereabouts): string {
  return engine === "swarm" ? "engine: swarm, and nodes:" : `host: ${host}, without engine: swarm and nodes:`;
}

/** For people. Pure. */
export function moveInWords(report: MoveReport): string {
  const { environment, result, from, to } = report;
  const lines = {
    planned: [`${environment} would move from ${from} to ${to}. Nothing was changed.`],
    undone: [`${environment} runs on ${to} again.`],
    finished: [`What ${environment} left on ${from} is removed.`],
    moved: movedLines(report),
  };
  return lines[result].map((line) => `${line}\n`).join("");
}

function movedLines({ environment, from, to, backup, awaySeconds, settings }: MoveReport): string[] {
  const away = awaySeconds === null ? "" : `; nothing answered for ${awaySeconds} s`;
  return [
    `${environment} runs on ${to}${away}.`,
    ...(backup ? [`Backup of before: ${backup}.`] : []),
    ...(settings
      ? [`Now let understudy.yml say so: ${settings}. Until then verbs refuse to work on ${environment}.`]
      : []),
    `The way back to ${from}, with what is written from now on: pnpm engine:move --back --environment ${environment}`,
  ];
}
