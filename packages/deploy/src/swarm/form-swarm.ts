import { confirmDestructive, openLog, runSteps, type SwarmNode, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice, mutate, type Target } from "@understudy/environment";
import { ensureToolbox } from "../images/acquire.ts";
import { applyFormStep } from "./apply-form.ts";
import { connectMachines, type Machines, readMachines } from "./connect-machines.ts";
import { type ExaminedMachine, examineMachines, type Footholds, openFootholds } from "./examine-machines.ts";
import { refuseUnready } from "./judge-examined.ts";
import { refuseUnfit } from "./judge-machines.ts";
import { type SwarmMember, viewSwarm } from "./nodes-of-swarm.ts";
import { type FormStep, planForm, stepLine } from "./plan-form.ts";
import { type FormReport, reportOf } from "./report-form.ts";
import { verifyForm } from "./verify-form.ts";

export interface FormRequest extends EnvironmentChoice {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly wait: boolean;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** What was found: the machines from without and within, and the swarm that there is. */
interface Survey {
  readonly examined: readonly ExaminedMachine[];
  readonly members: readonly SwarmMember[] | undefined;
  readonly steps: readonly FormStep[];
  /** The steps in words. */
  readonly lines: readonly string[];
}

/**
 * Make the machines of an environment one swarm, as the settings name them. Nothing is changed unless all of them answer and
 * are fit; what is as it should be is left as it is, and nodes that are not named are left alone. @throws UserError
 */
export async function formSwarm(request: FormRequest): Promise<FormReport> {
  const { dryRun, yes, say } = request;
  const target = chooseTarget(request);
  const environment = target.environment.name;
  await using stack = new AsyncDisposableStack();
  const machines = stack.use(await connectMachines(nodesOf(target)));
  const footholds: Footholds = new Map();
  await survey(machines, footholds);
  await openFootholds(footholds, machines, { environment, bring: false, say, stack });
  const seen = await survey(machines, footholds);
  if (dryRun) return reportOf({ environment, ...seen, members: seen.members ?? [] });
  if (seen.lines.length > 0) {
    for (const line of seen.lines) say(line);
    await confirmDestructive(`Change the swarm of ${environment} so?`, { yes });
  }
  await openFootholds(footholds, machines, { environment, bring: true, say, stack });
  const { lines, examined } = await survey(machines, footholds);
  if (lines.length > 0) await carryOut(request, target, machines, footholds, lines);
  const { verified, members } = await verifyForm(machines, footholds);
  const now = examined.map((machine) => ({ ...machine, ...verified.get(machine.wanted.host)?.machine }));
  return reportOf({ environment, lines, examined: now, members });
}

/** Look, judge and plan; from within only where there is a foothold. */
async function survey(machines: Machines, footholds: Footholds): Promise<Survey> {
  const read = await readMachines(machines);
  const members = (await viewSwarm(machines))?.members;
  refuseUnfit(read, members);
  const examined = await examineMachines(read, footholds);
  refuseUnready(examined);
  const steps = planForm(examined, members);
  return { examined, members, steps, lines: steps.map(stepLine) };
}

async function carryOut(
  { wait, say }: FormRequest,
  target: Target,
  machines: Machines,
  footholds: Footholds,
  lines: readonly string[],
): Promise<void> {
  const { environment, installation } = target;
  const engine = machines.engineOf(environment.host);
  const options = {
    verb: "swarm:form",
    wait,
    toolbox: await ensureToolbox(engine, say),
    log: openLog(installation, environment.name, "swarm-form"),
    overUnfinishedSwap: true,
    say,
  };
  await mutate(target, engine, options, async ({ journal }) => {
    const { steps, lines: under } = await survey(machines, footholds);
    // Fewer is well: somebody else may have done them while this run waited.
    if (under.some((line) => !lines.includes(line))) {
      throw new UserError("The machines have changed since they were looked at", {
        next: "Run the same command again",
      });
    }
    await runSteps(
      steps.map((step) => ({
        title: stepLine(step),
        run: async () => {
          journal.step(step.kind, step);
          await applyFormStep(step, machines, footholds);
        },
      })),
    );
  });
}

function nodesOf({ environment }: Target): readonly SwarmNode[] {
  if (environment.engine === "swarm" && environment.nodes) return environment.nodes;
  throw new UserError(`${environment.name} runs on one engine (${environment.host}), which is no swarm`, {
    next: "Set engine: swarm and nodes: of it in understudy.yml, see docs/swarm.md",
  });
}
