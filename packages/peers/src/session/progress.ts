import { type Phase, phases, type Session } from "../types.ts";

/** How much of the whole a phase usually takes, percent. */
const weights: Readonly<Record<Phase, number>> = { backup: 25, transfer: 35, convert: 12, restore: 20, verify: 8 };

/** What a phase is called while it is under way. */
const words: Readonly<Record<Phase, string>> = {
  backup: "Backing up",
  transfer: "Transferring backup",
  convert: "Converting to upserts",
  restore: "Restoring",
  verify: "Verifying",
};

/** How far a side is in a phase. */
export interface PhaseProgress {
  readonly phase: Phase;
  /** 0 to 1. */
  readonly fraction: number;
  /** What it is at, e.g. a table. */
  readonly at?: string | undefined;
}

/** `Transferring backup…`, `Restoring public.people…`. */
export function stepInWords({ phase, at }: PhaseProgress): string {
  return `${words[phase]}${at ? ` ${at}` : ""}…`;
}

/** From 1 to 5; 0 before the first. */
export function stepOf(phase: Phase | null): number {
  return phase === null ? 0 : phases.indexOf(phase) + 1;
}

/** Percent of all phases together, whole. */
export function overall({ phase, fraction }: PhaseProgress): number {
  const before = phases.slice(0, phases.indexOf(phase)).reduce((sum, one) => sum + weights[one], 0);
  return Math.floor(before + weights[phase] * clamp(fraction));
}

/** What a session row says from here on. */
export function progressFields(
  at: PhaseProgress,
): Pick<Session, "phase" | "progress" | "phaseProgress" | "currentStep"> {
  return {
    phase: at.phase,
    progress: overall(at),
    phaseProgress: Math.floor(100 * clamp(at.fraction)),
    currentStep: stepInWords(at),
  };
}

function clamp(fraction: number): number {
  return Number.isFinite(fraction) ? Math.max(0, Math.min(1, fraction)) : 0;
}
