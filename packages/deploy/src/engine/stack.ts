import type { Engine, Log } from "@understudy/core";
import type { Snapshot } from "@understudy/environment";
import { stackProgram, swarmProgram, type Turns } from "@understudy/stacks";
import { stillAdopted } from "../adoption/adopted.ts";
import type { Candidate } from "../candidate.ts";
import { whenHealthy } from "../healthy/when-healthy.ts";
import { stackLabels } from "../plan/labels.ts";
import { externalNetworks } from "../swarm/external-networks.ts";
import { pinData } from "../swarm/pin-data.ts";
import { backendCredentials } from "./credentials.ts";
import { engineId } from "./whose-engine.ts";
import { awaitStateFree, openStack, type WorkspaceOptions, withEngine } from "./workspace.ts";

/** A candidate's Pulumi stack, opened. Operations go through `run`, which copes with a dead owner's lock. */
export interface OpenStack {
  readonly stack: Awaited<ReturnType<typeof openStack>>;
  run<T>(operation: () => Promise<T>): Promise<T>;
  /** Resolves once no other Pulumi works with the state. */
  free(): Promise<void>;
  /** The failure that a health wait met inside the program, which the engine would only tell in its own words. */
  failure(): unknown;
}

export interface Listeners {
  /** Everything runs already: no service waits for another to be healthy. */
  readonly runsAlready?: boolean;
  /** Hears of services that others waited for. */
  readonly onHealthy?: (service: string, seconds: number) => void;
  /** Says when a service's containers may be replaced. */
  readonly turns?: Turns | undefined;
}

/** Open the stack with the program of this candidate. */
export async function openCandidate(
  engine: Engine,
  candidate: Candidate,
  snapshot: Snapshot,
  log: Log,
  { runsAlready = false, onHealthy = () => {}, turns }: Listeners = {},
): Promise<OpenStack> {
  const { desired } = candidate;
  const adopted = stillAdopted(candidate, snapshot);
  let failed: unknown;
  const { stackName, healthTimeoutSeconds, egress } = desired.environment;
  const timeout = healthTimeoutSeconds * 1_000;
  const waited = async (service: string, container: string) => {
    if (runsAlready) return;
    try {
      onHealthy(service, await whenHealthy(engine, candidate, { service, container, timeout }));
    } catch (error) {
      failed ??= error;
      throw error;
    }
  };
  const shared = {
    ...{ stackName, model: desired.model, images: candidate.images, closed: egress === "none" },
    ...{ labels: stackLabels(candidate, snapshot, adopted), secrets: desired.secretValues, awaitHealthy: waited },
    ...{ engineId: await engineId(engine, desired), turns },
  };
  const program = engine.fleet
    ? swarmProgram({
        ...shared,
        pins: await pinData(engine.fleet, desired, snapshot),
        networkIds: await externalNetworks(engine, desired.model),
      })
    : stackProgram({ ...shared, made: (service) => adopted(service)?.made });
  const options: WorkspaceOptions = {
    installation: desired.installation,
    project: desired.settings.project,
    environment: desired.environment.name,
    backend: desired.settings.state.backend,
    passphrase: desired.envFile.values.PULUMI_CONFIG_PASSPHRASE ?? "",
    credentials: backendCredentials(desired.envFile.values),
    dockerHost: engine.dockerHost,
    program,
    log,
  };
  const stack = await openStack(options);
  return {
    stack,
    run: (operation) => withEngine(options, stack, operation),
    free: () => awaitStateFree(options, stack),
    failure: () => failed,
  };
}
