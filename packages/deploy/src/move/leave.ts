import { type Engine, forgetFact, type Log, runSteps, statusOf } from "@understudy/core";
import { serviceOf, type Target, takeSnapshot } from "@understudy/environment";
import { removeByEngine, removeLeftovers } from "../engine/remove-stack.ts";

/**
 * Stop what runs of a stack at one place, the edge first, the databases last, and take its containers and networks away. Volumes, images
 * and secrets stay: from them and the record the very same comes back.
 */
export async function leave(target: Target, engine: Engine, log: Log): Promise<void> {
  const { installation, environment } = target;
  forgetFact(installation, environment.name, "applied");
  const { containers } = await takeSnapshot(engine, environment.stackName);
  const running = [...containers.values()]
    .filter(({ State }) => State.Running)
    .sort((a, b) => b.Created.localeCompare(a.Created));
  await runSteps([
    ...running.map((info) => ({
      title: `Stop ${serviceOf(info)}`,
      run: async () => {
        // With the time that it was given to end well: its files are what moves.
        await engine.docker.getContainer(info.Id).stop().catch(unlessStopped);
      },
    })),
    {
      title: "Take its containers and networks away",
      run: async () => {
        await removeByEngine(target, engine, log);
        await removeLeftovers(engine, environment.stackName);
      },
    },
  ]);
}

function unlessStopped(error: unknown): void {
  if (![304, 404].includes(statusOf(error) ?? 0)) throw error;
}
