import { UserError } from "@understudy/core";
import { type Freshness, freshness } from "@understudy/n8n";
import type { WorkflowTest } from "./definitions/definition.ts";
import type { Ground } from "./ground.ts";
import type { TestResult } from "./report.ts";

/** How the freshness of a workflow is called that no definition names. */
export const freshnessPrefix = "freshness: ";

/** The freshness of every workflow, as tests: by a definition's name where one gives a period. */
export async function testFreshness(
  ground: Ground,
  definitions: readonly WorkflowTest[],
  isChosen: (name: string) => boolean,
): Promise<TestResult[]> {
  try {
    return (await look(ground, definitions)).filter(({ name }) => isChosen(name));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [
      { name: `${freshnessPrefix}every workflow`, ms: 0, status: "failed", error: error.message, next: error.next },
    ];
  }
}

async function look(ground: Ground, definitions: readonly WorkflowTest[]): Promise<TestResult[]> {
  const began = performance.now();
  const given = definitions.flatMap(({ name, fresh }) => (fresh ? [{ name, ...fresh }] : []));
  const periods = Object.fromEntries(given.map(({ workflow, within }) => [workflow, within]));
  const all = await freshness(ground.n8n, { now: ground.now(), periods });
  const ms = Math.round(performance.now() - began);
  const missing = given.filter(({ workflow }) => !all.some((one) => isNamed(one, workflow)));
  return [
    ...missing.map(
      ({ name, workflow }): TestResult => ({
        name,
        status: "failed",
        ms,
        seen: `n8n has no workflow "${workflow}"`,
        expected: "it is there",
      }),
    ),
    ...all.map((one): TestResult => {
      const definition = given.find(({ workflow }) => isNamed(one, workflow));
      return { name: definition?.name ?? `${freshnessPrefix}${one.workflow.name}`, ms, ...outcomeOf(ground, one) };
    }),
  ];
}

function isNamed({ workflow: { id, name } }: Freshness, wanted: string): boolean {
  return id === wanted || name === wanted;
}

function outcomeOf(
  { link }: Ground,
  { workflow, verdict, because, expectedSince, lastFailure }: Freshness,
): Omit<TestResult, "name" | "ms"> {
  if (verdict === "fresh") return { status: "passed", seen: because };
  if (verdict === "not applicable") return { status: "not applicable", seen: because };
  return {
    status: "failed",
    seen: because,
    expected: `a success since ${new Date(expectedSince ?? 0).toISOString()}`,
    node: lastFailure?.node,
    error: lastFailure?.error,
    execution: link(workflow.id, lastFailure?.execution),
    next: lastFailure ? undefined : "See in n8n whether it is still active and what its trigger says; pnpm logs n8n",
  };
}
