import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import { type Engine, UserError } from "@understudy/core";
import { isShared, type Target } from "@understudy/environment";

/** Part of an exported Pulumi state that matters here. */
interface ExportedState {
  readonly resources?: readonly { readonly type: string; readonly outputs?: { readonly engine?: unknown } }[];
}

/** The id of an engine, where a state could be taken for another one's: `host: local` means each operator's own. */
export async function engineId(engine: Engine, target: Pick<Target, "settings">): Promise<string | undefined> {
  if (!isShared(target)) return undefined;
  const { ID, Swarm } = (await engine.docker.info()) as { ID: string; Swarm: { Cluster?: { ID: string } } };
  return engine.fleet ? Swarm.Cluster?.ID : ID;
}

/**
 * A state of containers that are elsewhere is not worked with: they would all count as gone.
 * @param exported the state
 * @param id of the engine that is about to be worked with
 * @throws UserError when the state is another engine's
 */
export function refuseOtherEngine(
  exported: Deployment,
  id: string | undefined,
  { environment, settings }: Target,
): void {
  const { resources = [] } = (exported.deployment ?? {}) as ExportedState;
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const theirs = stack?.outputs?.engine;
  if (id === undefined || theirs === undefined || theirs === id) return;
  const { name, host } = environment;
  throw new UserError(
    `The shared state says that ${name} runs on another Docker engine (${theirs}) than the one here (host: ${host}, ${id})`,
    {
      next:
        host === "local"
          ? `Set host: of ${name} in understudy.yml to where it runs (ssh://user@host), or give your own stack another project: or environment`
          : `Set host: of ${name} in understudy.yml to where it runs; if that engine is lost, docs/shared-state.md says how to begin anew (state of project ${settings.project})`,
    },
  );
}
