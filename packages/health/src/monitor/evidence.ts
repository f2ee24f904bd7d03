import { lastLogLines } from "@understudy/core";
import { describeState } from "@understudy/environment";
import { type Evidence, noEvidence } from "../alerts/alert.ts";
import type { CheckContext } from "../checks/check.ts";

const logLines = 20;

/** Longer than this nobody waits for evidence, ms: the alert matters more. */
const patience = 5_000;

/** What an operator would look at first, taken while it can be seen; whatever cannot be had is left out. */
export async function gatherEvidence(
  context: CheckContext | undefined,
  environment: string,
  service: string,
): Promise<Evidence> {
  const info = context?.containers.get(service);
  const commands = [
    `pnpm health:check --environment ${environment}${info ? ` --only ${service}` : ""} --verbose`,
    ...(info ? [`pnpm logs ${service} --environment ${environment}`] : []),
  ];
  if (!context || !info) return { ...noEvidence, commands };
  const late = new Promise<string[]>((resolve) => setTimeout(resolve, patience, []).unref());
  const lines = await Promise.race([lastLogLines(context.engine, info.Id, logLines).catch(() => []), late]);
  return { state: describeState(info), restarts: info.RestartCount, lastLogLines: lines, commands };
}
