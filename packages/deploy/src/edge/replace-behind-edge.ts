import type { ComposeModel } from "@understudy/compose";
import type { Engine } from "@understudy/core";
import { serviceOf, takeSnapshot } from "@understudy/environment";
import type { Turns } from "@understudy/stacks";
import { withBridges } from "./bridged-model.ts";
import { openEdge } from "./open-edge.ts";
import { planTurnovers } from "./plan-turnovers.ts";
import { type TurnoverLimits, type TurnoverReport, Turnovers, type WhenHealthy } from "./turnovers.ts";

export interface Replacement {
  readonly engine: Engine;
  /** A toolbox image that is on the host. */
  readonly toolbox: string;
  readonly stackName: string;
  /** As it is to be. */
  readonly model: ComposeModel;
  /** The service whose container the edge is. */
  readonly edgeService: string;
  /** The services whose containers are replaced, or made where there is none. */
  readonly replaced: readonly string[];
  /** Start nothing twice: it is there soonest, and all requests wait meanwhile. */
  readonly straight?: boolean;
  readonly limits: TurnoverLimits;
  readonly whenHealthy: WhenHealthy;
  /** What is still to be done with a service whose requests wait, once it is healthy and before they reach it. */
  readonly ready?: ((service: string) => Promise<void>) | undefined;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
}

/** One run of the engine: makes a model. `turns` goes to the program. */
export type Up = (model: ComposeModel, turns?: Turns) => Promise<void>;

/**
 * Let the engine replace containers of a stack without a request lost at its edge: services that may run twice are served
 * by a bridge meanwhile, requests of the others wait. The engine runs once for all that, and once more to remove the
 * bridges. A new version that does not become healthy fails before the old one of a service that may run twice is touched.
 * After a kill at any moment everything is served by what runs, and the next call goes on: holds end by themselves,
 * bridges stay until the service itself is healthy.
 * An edge of a release that had no such means, or that does not answer, is no reason not to replace it.
 * @returns what each service that the edge serves went through; nothing when no edge runs
 * @throws whatever failed first, the engine or a service that does not become healthy
 */
export async function replaceBehindEdge(replacement: Replacement, up: Up): Promise<TurnoverReport[]> {
  const { engine, toolbox, stackName, model, edgeService, replaced, straight = false, say, ...course } = replacement;
  const snapshot = await takeSnapshot(engine, stackName);
  const running = [...snapshot.containers.values()].filter(({ State }) => State.Running).map(serviceOf);
  await using edge = await openEdge(engine, snapshot, { service: edgeService, toolbox }, (why) => {
    say(`warning: requests are not held while services are replaced, and some may fail: ${why}`);
  });
  if (!edge) {
    await up(model);
    return [];
  }
  const standing = { served: await edge.services(), bridged: await edge.bridged(), running, straight };
  const touched = planTurnovers(model, replaced, standing);
  // A swarm starts the new one beside the old one by itself.
  const planned = engine.fleet ? touched.filter(({ manner }) => manner === "hold") : touched;
  const bridges = planned.filter(({ manner }) => manner === "overlap").map(({ service }) => service);
  const turnovers = new Turnovers({ engine, edge, edgeService, stackName, planned, ...course });
  try {
    await up(withBridges(model, bridges), turnovers);
  } catch (error) {
    throw (await turnovers.abandon(error)) ?? error;
  }
  const reports = await turnovers.finish();
  if (bridges.length) await up(model);
  return reports;
}
