import type { RunState } from "../../../src/contract/run.ts";
import { Badge, type Tone } from "./basics.tsx";

const tones: Readonly<Record<RunState, Tone>> = {
  running: "busy",
  succeeded: "good",
  failed: "bad",
  "cut off": "warn",
};

export function RunBadge({ state }: { state: RunState }) {
  return <Badge tone={tones[state]}>{state}</Badge>;
}
