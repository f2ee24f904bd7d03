import type { Engine, Log } from "@understudy/core";
import { type EnvironmentFile, readEnvironmentFile, type Target, takeSnapshot } from "@understudy/environment";
import { removeContainer, removeNetwork } from "../live/strays.ts";
import { backendCredentials } from "./credentials.ts";
import { exportDeployment } from "./deployment.ts";
import { engineId, refuseOtherEngine } from "./whose-engine.ts";

/**
 * Let Pulumi remove a stack's containers or services and its networks, and forget its state. Data volumes stay.
 * A state that cannot be opened, for want of its passphrase, is forgotten; things then go by their labels, see `removeLeftovers`.
 * @throws UserError
 */
export async function removeByEngine(target: Target, engine: Engine, log: Log): Promise<void> {
  const { openStack, forgetStack, withEngine, WrongPassphrase } = await import("./workspace.ts");
  const envFile: EnvironmentFile = readEnvironmentFile(target);
  const options = {
    installation: target.installation,
    project: target.settings.project,
    environment: target.environment.name,
    backend: target.settings.state.backend,
    passphrase: envFile.values.PULUMI_CONFIG_PASSPHRASE ?? "",
    credentials: backendCredentials(envFile.values),
    dockerHost: engine.dockerHost,
    program: async () => {},
    log,
  };
  if (!envFile.fresh) {
    try {
      const stack = await openStack(options);
      const exported = await withEngine(options, stack, () => exportDeployment(stack));
      refuseOtherEngine(exported, await engineId(engine, target), target);
      await withEngine(options, stack, () =>
        stack.destroy({ refresh: true, onOutput: (text) => log.debug({ pulumi: text }) }),
      );
    } catch (error) {
      if (!(error instanceof WrongPassphrase)) throw error;
      log.warn("the state cannot be opened: forgetting it, removing by labels");
    }
  }
  await forgetStack(options);
}

/** Remove every container and network that is a stack's by its label. @returns how many */
export async function removeLeftovers(engine: Engine, stackName: string): Promise<number> {
  const { containers, networks } = await takeSnapshot(engine, stackName);
  for (const { Id } of containers.values()) await removeContainer(engine, Id);
  for (const { Id } of networks.values()) await removeNetwork(engine, Id);
  return containers.size + networks.size;
}
