import type { Reason } from "../../../src/contract/reason.ts";

/** Why a check fails: what was seen, what was expected, what to try. */
export function Why({ reason: { seen, expected, next } }: { reason: Reason }) {
  return (
    <div className="small break">
      {seen}
      {expected && <span className="muted"> (expected: {expected})</span>}
      {next && <div>Try: {next}</div>}
    </div>
  );
}
