import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, type Journal, type Log, runSteps, statusOf, UserError } from "@understudy/core";
import type { Candidate } from "../candidate.ts";
import { HealthTimes } from "../healthy/health-times.ts";
import type { PlanItem } from "../plan/describe.ts";
import { record } from "../record.ts";
import { differencesOf } from "./differences.ts";
import { type Adoptable, namesOf } from "./look.ts";
import { nameOf } from "./match-services.ts";
import { openMirror } from "./mirror.ts";
import { writeState } from "./write-state.ts";

/** What a deploy would change of an adopted stack, found in a state that is thrown away. */
export async function rehearse(engine: Engine, found: Adoptable, log: Log): Promise<PlanItem[]> {
  const folder = mkdtempSync(join(tmpdir(), "understudy-"));
  try {
    const { desired } = found.candidate;
    const installation = { ...desired.installation, stateDir: folder };
    const settings = { ...desired.settings, state: { ...desired.settings.state, backend: "local" } };
    const candidate: Candidate = { ...found.candidate, desired: { ...desired, installation, settings } };
    return await askMirror(engine, { ...found, candidate }, { resumed: false, log });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Take over what runs, whose environment file is written: the state, then the names, then the record.
 * @returns what a deploy or promotion will change
 */
export async function takeOver(
  engine: Engine,
  found: Adoptable,
  { journal, resumed, log }: { readonly journal: Journal; readonly resumed: boolean; readonly log: Log },
): Promise<PlanItem[]> {
  const { candidate, services } = found;
  const { environment } = candidate.desired;
  let differences: PlanItem[] = [];
  const state = async () => {
    journal.step("state");
    differences = await askMirror(engine, found, { resumed, log });
  };
  const names = async () => {
    journal.step("names");
    for (const [id, name] of namesOf(environment.stackName, services)) await settle(engine, id, name);
  };
  const write = async () => {
    journal.step("record", { release: candidate.release.id });
    // Unequal to whatever a deploy would make of it, so that the next one asks the engine.
    const inputs = differences.length ? "adopted with differences" : candidate.inputs;
    const taken = { ...candidate, inputs };
    await record({ engine, candidate: taken, healthTimes: new HealthTimes(), lastMigration: undefined });
  };
  await runSteps([
    { title: "Write down what runs as our own", run: state },
    { title: "Give the containers our names", run: names },
    { title: "Record the release", run: write },
  ]);
  return differences;
}

async function askMirror(
  engine: Engine,
  found: Adoptable,
  options: { readonly resumed: boolean; readonly log: Log },
): Promise<PlanItem[]> {
  const { candidate, services } = found;
  await using mirror = await openMirror(engine, namesOf(candidate.desired.environment.stackName, services));
  return differencesOf(await writeState(mirror.engine, found, options), found);
}

/** A container that runs goes on running under its new name; and no restart policy, which the engine takes for "no", is said as that. */
async function settle(engine: Engine, id: string, name: string): Promise<void> {
  const container = engine.docker.getContainer(id);
  const info = await container.inspect();
  if (!info.HostConfig.RestartPolicy?.Name) await container.update({ RestartPolicy: { Name: "no" } });
  if (nameOf(info) === name) return;
  await container.rename({ name }).catch((error) => {
    if (statusOf(error) !== 409) throw error;
    throw new UserError(`The name ${name} is taken by another container`, {
      next: `Remove or rename that one (docker inspect ${name}), and run it again`,
      cause: error,
    });
  });
}
