import type { Engine, Log } from "@understudy/core";
import type { Snapshot } from "@understudy/environment";
import { stackProgram, type Turns } from "@understudy/stacks";
import { stillAdopted } from "../adoption/adopted.ts";
import type { Candidate } from "../candidate.ts";
import { awaitHealthy } from "../healthy/await-healthy.ts";
import { stackLabels } from "../plan/labels.ts";
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
  /** Says when a service's container may be replaced. */
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
  const program = stackProgram({
    stackName: desired.environment.stackName,
    model: desired.model,
    images: candidate.images,
    labels: stackLabels(candidate, snapshot, adopted),
    engineId: await engineId(engine, desired),
    closed: desired.environment.egress === "none",
    made: (service) => adopted(service)?.made,
    secrets: desired.secretValues,
    awaitHealthy: async (service, container) => {
      if (runsAlready) return;
      try {
        const timeout = desired.environment.healthTimeoutSeconds * 1_000;
        onHealthy(service, await awaitHealthy(engine, { service, container, timeout }));
      } catch (error) {
        failed ??= error;
        throw error;
      }
    },
    turns,
  });
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
