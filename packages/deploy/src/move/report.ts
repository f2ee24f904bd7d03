import { type Journey, placeInWords, type Target } from "@understudy/environment";
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
  };
}

/** For people. Pure. */
export function moveInWords({ environment, result, from, to, backup, awaySeconds }: MoveReport): string {
  const lines = {
    planned: `${environment} would move from ${from} to ${to}. Nothing was changed.`,
    undone: `${environment} runs on ${to} again.`,
    finished: `What ${environment} left at its old place is removed.`,
    moved: `${environment} runs on ${to}${awaySeconds === null ? "" : `; nothing answered for ${awaySeconds} s`}. Back: pnpm engine:move --back --environment ${environment}`,
  };
  const kept = result === "moved" && backup ? `\nBackup of before: ${backup}` : "";
  return `${lines[result]}${kept}\n`;
}
