import { secondsInWords, table } from "@understudy/core";
import { planLine } from "../plan/describe.ts";
import { waitLine } from "../report/wait-line.ts";
import type { PromoteReport } from "./promote.ts";

/** For people. */
export function showPromotion({
  environment,
  release,
  result,
  gates,
  plan,
  expected,
  held,
  tag,
  backup,
  seconds,
}: PromoteReport): string {
  const rows = gates.map(({ name, passed, seen, next }) => [
    passed ? "✔" : "✖",
    name,
    next ? `${seen}. ${next}` : seen,
  ]);
  const closed = gates.filter(({ passed }) => !passed).length;
  const judged = `${table(["", "gate", "seen"], rows)}\n`;
  const planned = plan.length ? plan.map((item) => `  ${planLine(item)}\n`).join("") : "  nothing to change\n";
  const waits = expected.map(({ service, manner, seconds }) =>
    manner === "overlap"
      ? `  ${service}: another one serves meanwhile\n`
      : `  ${service}: requests wait for about ${Math.ceil(seconds)} s\n`,
  );
  if (result === "checked") {
    return `${judged}${closed ? `${closed} gates are closed.` : `Release ${release} can be promoted: pnpm promote`}\n`;
  }
  if (result === "planned") {
    return `${judged}${environment} would change:\n${planned}${waits.join("")}Nothing was changed${closed ? `; ${closed} gates are closed` : ""}.\n`;
  }
  const back = tag ? `Backup ${backup}, verified. Back again: pnpm rollback --tag ${tag}\n` : "";
  const waited = held.map(waitLine);
  return `${environment} runs release ${release}, after ${secondsInWords(seconds)}:\n${planned}${waited.join("")}${back}`;
}
