import { openLog, runSteps, statusOf } from "@understudy/core";
import { chooseTarget, connectTo, type EnvironmentChoice, serviceOf, takeSnapshot } from "@understudy/environment";
import { ensureToolbox } from "./images/acquire.ts";
import { mutateStack } from "./mutate-stack.ts";

export interface StopRequest extends EnvironmentChoice {
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly say: (line: string) => void;
}

/** What `stop:staging --json` says. */
export interface StopReport {
  readonly environment: string;
  /** Services that ran and were (in a dry run: would be) stopped. */
  readonly stopped: readonly string[];
}

/** Stop every container of a staging stack, the edge first, the databases last. Data stays; a deploy starts it again. */
export async function stop(request: StopRequest): Promise<StopReport> {
  const target = chooseTarget(request, "staging");
  const { environment, installation } = target;
  await using engine = await connectTo(target);
  const running = async () => {
    const { containers } = await takeSnapshot(engine, environment.stackName);
    return [...containers.values()]
      .filter(({ State }) => State.Running)
      .sort((a, b) => b.Created.localeCompare(a.Created));
  };
  if (request.dryRun) return { environment: environment.name, stopped: (await running()).map(serviceOf) };
  const options = {
    verb: "stop:staging",
    staysDown: true,
    overUnfinishedSwap: true,
    wait: request.wait,
    toolbox: await ensureToolbox(engine, request.say),
    log: openLog(installation, environment.name, "stop"),
    say: request.say,
  };
  return await mutateStack(target, engine, options, async ({ journal }) => {
    const stopped = await running();
    journal.step("stop", { services: stopped.map(serviceOf) });
    await runSteps(
      stopped.map((info) => ({
        title: `Stop ${serviceOf(info)}`,
        run: () => engine.docker.getContainer(info.Id).stop().catch(alreadyStopped),
      })),
    );
    return { environment: environment.name, stopped: stopped.map(serviceOf) };
  });
}

function alreadyStopped(error: unknown): void {
  if (![304, 404].includes(statusOf(error) ?? 0)) throw error;
}
