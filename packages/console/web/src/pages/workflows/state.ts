import type { Tone } from "../../parts/basics.tsx";

export interface WorkflowState {
  readonly id: string;
  readonly name: string;
  readonly state: "same" | "changed" | "deleted" | "untracked";
  readonly migration: string | null;
  readonly live: boolean;
}

export const tones: Readonly<Record<WorkflowState["state"], Tone>> = {
  same: "good",
  changed: "warn",
  deleted: "bad",
  untracked: "plain",
};
export const words = {
  same: "as migrated",
  changed: "changed here",
  deleted: "deleted here",
  untracked: "no migration",
} as const;
