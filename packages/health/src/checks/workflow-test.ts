import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { UserError } from "@understudy/core";
import type { WorkflowReport } from "../workflows/report.ts";
import type { CheckContext, Observation } from "./check.ts";

const verb = fileURLToPath(new URL("../cli/test-workflows.ts", import.meta.url));

/** Run one workflow test, in a process of its own: it takes signals, and cleans up after itself when it is cut off. */
export async function runWorkflowTest(context: CheckContext, test: string, signal: AbortSignal): Promise<Observation> {
  const { root } = context.installation;
  const environment = context.stack.environment.name;
  const [result, other] = parse(
    await run(["--environment", environment, "--only", test, "--json"], root, signal),
  ).tests;
  if (!result || other) throw new UserError(`"${test}" is not one test`, { next: "pnpm test:workflows names them" });
  const { status, ms, seen, expected, node, error, execution, next, hops = {} } = result;
  const said = [node && `node "${node}"`, error ?? seen].filter(Boolean).join(": ");
  return {
    ok: status !== "failed",
    seen: status === "passed" ? `passed in ${ms} ms` : `${status}: ${said}`,
    ...(expected ? { expected } : {}),
    measured: ms,
    next: next ?? (execution && `Open ${execution}`),
    figures: { test_ms: ms, ...Object.fromEntries(Object.entries(hops).map(([hop, time]) => [`${hop}_ms`, time])) },
  };
}

function parse(output: string): WorkflowReport {
  const report = JSON.parse(output) as WorkflowReport & { error?: { message: string; next?: string } };
  if (report.error)
    throw new UserError(report.error.message, { ...(report.error.next ? { next: report.error.next } : {}) });
  return report;
}

function run(flags: readonly string[], root: string, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const env = { ...process.env, UNDERSTUDY_ROOT: root };
  const child = execFile(
    process.execPath,
    [verb, ...flags],
    { env, signal, maxBuffer: 16_777_216 },
    (error, stdout) => {
      if (stdout.trim()) resolve(stdout);
      else reject(error ?? new Error("the workflow test said nothing"));
    },
  );
  child.stdin?.end();
  return promise;
}
