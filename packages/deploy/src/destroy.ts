import {
  confirmDestructive,
  type Engine,
  forgetFact,
  type Log,
  label,
  openLog,
  runSteps,
  type Step,
} from "@understudy/core";
import {
  chooseTarget,
  connectTo,
  type EnvironmentChoice,
  markSwapEnded,
  migrationsFact,
  type Snapshot,
  serviceOf,
  type Target,
  takeSnapshot,
} from "@understudy/environment";
import { removeByEngine, removeLeftovers } from "./engine/remove-stack.ts";
import { ensureToolbox } from "./images/acquire.ts";
import { removeVolume } from "./live/strays.ts";
import { mutateStack } from "./mutate-stack.ts";

export interface DestroyRequest extends EnvironmentChoice {
  /** Remove the data too. */
  readonly volumes: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly say: (line: string) => void;
}

/** What `destroy:staging --json` says: what was (in a dry run: would be) removed, by name on the host. */
export interface DestroyReport {
  readonly environment: string;
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
}

/** Remove a staging stack. Its data and secrets stay, unless `volumes` is said: then its data goes too. */
export async function destroy(request: DestroyRequest): Promise<DestroyReport> {
  const target = chooseTarget(request, "staging");
  const { environment, installation } = target;
  await using engine = await connectTo(target);
  const planned = await reportOf(target, engine, await takeSnapshot(engine, environment.stackName), request.volumes);
  if (request.dryRun) return planned;
  await confirmDestructive(question(planned), {
    yes: request.yes,
    ...(planned.volumes.length ? { typed: environment.name } : {}),
  });
  const log = openLog(installation, environment.name, "destroy");
  const options = {
    verb: "destroy:staging",
    staysDown: true,
    overUnfinishedSwap: true,
    wait: request.wait,
    toolbox: await ensureToolbox(engine, request.say),
    log,
    say: request.say,
  };
  return await mutateStack(target, engine, options, async ({ journal }) => {
    const snapshot = await takeSnapshot(engine, environment.stackName);
    const report = await reportOf(target, engine, snapshot, request.volumes);
    journal.step("destroy", report);
    forgetFact(installation, environment.name, "applied");
    await runSteps(steps(target, engine, log, report));
    // Last: until all are gone, those that are missing must be asked about.
    if (request.volumes) {
      forgetFact(installation, environment.name, "volumes");
      forgetFact(installation, environment.name, migrationsFact);
      markSwapEnded(target);
    }
    return report;
  });
}

function steps(target: Target, engine: Engine, log: Log, report: DestroyReport): Step[] {
  const { stackName } = target.environment;
  return [
    { title: "Remove containers and networks", run: () => removeByEngine(target, engine, log) },
    {
      title: "Remove what the engine did not know",
      run: async () => `${await removeLeftovers(engine, stackName)} things`,
    },
    ...report.volumes.map((name) => ({
      title: `Remove data volume ${name}`,
      run: () => removeVolume(engine, name),
    })),
  ];
}

async function reportOf(
  { environment }: Target,
  engine: Engine,
  snapshot: Snapshot,
  volumes: boolean,
): Promise<DestroyReport> {
  const filters = { label: [`${label.incoming}=${environment.stackName}`] };
  const incoming = volumes ? ((await engine.docker.listVolumes({ filters })).Volumes ?? []) : [];
  return {
    environment: environment.name,
    containers: [...snapshot.containers.values()].map(serviceOf).sort(),
    networks: [...snapshot.networks.keys()].sort(),
    volumes: volumes ? [...snapshot.volumes.keys(), ...incoming.map(({ Name }) => Name)].sort() : [],
  };
}

function question({ environment, containers, volumes }: DestroyReport): string {
  const data = volumes.length ? ` AND ITS DATA (${volumes.join(", ")})` : ", keeping its data";
  return `Remove ${environment} (${containers.length} containers)${data}?`;
}
