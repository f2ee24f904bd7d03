import { operator, readFact, UserError } from "@understudy/core";
import { desiredStack, recordedDeployment, takeSnapshot } from "@understudy/environment";
import { healthCheck } from "@understudy/health";
import { fingerprint } from "../live/fingerprint.ts";
import { type Copy, rehearse } from "../migrations/rehearse.ts";
import { type Gate, gates } from "../receipt/gates.ts";
import { provenImages } from "../receipt/proven-images.ts";
import { type Receipt, receiptVersion } from "../receipt/receipt.ts";
import { hashShared } from "../receipt/shared.ts";
import { writeReceipt } from "../receipt/store.ts";
import { type FactOptions, gateFacts, type Stage } from "./gate-facts.ts";
import { runWorkflowTests } from "./workflow-tests.ts";

/** Run every check on staging, sign what they saw, and judge the gates of a promotion by it. @throws UserError when staging has no release */
export async function checkPromotion(
  stage: Stage,
  options: FactOptions,
  say: (line: string) => void,
): Promise<{ readonly receipt: string; readonly gates: readonly Gate[] }> {
  const receipt = await prove(stage, say);
  const file = writeReceipt(stage.staging.installation, receipt);
  return { receipt: file, gates: gates(await gateFacts(stage, options)) };
}

async function prove({ staging, production, engines }: Stage, say: (line: string) => void): Promise<Receipt> {
  const { installation, environment } = staging;
  const recorded = recordedDeployment(staging);
  const commit = recorded?.release.commit;
  if (!recorded) {
    throw new UserError(`${environment.name} is not deployed, so there is nothing to promote`, {
      next: "Deploy it: pnpm deploy:staging",
    });
  }
  if (!commit || commit.endsWith("-dirty")) {
    throw new UserError(
      `${environment.name} was deployed ${commit ? "with changes that are in no commit" : "outside git"}, so what it runs has no name`,
      { next: "Commit them, then: pnpm deploy:staging --refresh" },
    );
  }
  const now = async () => fingerprint(await takeSnapshot(engines.staging, environment.stackName));
  const before = await now();
  say(`Checking the health of ${environment.name}`);
  const { checks } = await healthCheck({ environment: environment.name });
  const workflows = await runWorkflowTests(staging, say);
  if ((await now()) !== before) {
    throw new UserError(`${environment.name} was changed while it was checked`, { next: "Run it again" });
  }
  const at = new Date().toISOString();
  const copy = readFact<Copy>(installation, environment.name, "copy");
  return {
    version: receiptVersion,
    release: recorded.release.id,
    commit,
    images: provenImages(recorded.release.images),
    shared: await hashShared(await desiredStack(staging, recorded.profile)),
    staging: { environment: environment.name, fingerprint: before },
    health: resultsOf(at, checks, ({ status }) => status !== "unhealthy"),
    workflows: workflows.length ? resultsOf(at, workflows, ({ status }) => status !== "failed") : null,
    copy: copy ? { id: copy.id, at: copy.at } : null,
    rehearsal: copy && recordedDeployment(production) ? await rehearse(staging, production, copy) : null,
    by: operator(),
    at,
  };
}

function resultsOf<Result extends { readonly name: string }>(
  at: string,
  results: readonly Result[],
  isGood: (result: Result) => boolean,
): Receipt["health"] {
  const names = (good: boolean) => results.filter((result) => isGood(result) === good).map(({ name }) => name);
  return { at, passed: names(true), failed: names(false) };
}
