import * as pulumi from "@pulumi/pulumi";

/** Resolves once every resource was registered, or could not be. Exported by the SDK, but not in its types. */
const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs(): Promise<void> };

type Wait<Args extends unknown[]> = (...args: Args) => Promise<void>;

/** The same wait, which also writes down why it failed. */
export type Noted = <Args extends unknown[]>(wait: Wait<Args>) => Wait<Args>;

/**
 * A program of resources that wait for more than each other. It fails with the first wait that failed: the engine takes a
 * program that ended well for one that has named every resource, and removes the others, the services that waited for what
 * failed, the edge among them.
 * @param declare names the resources; what it returns ends after they were registered
 * @param of the engine or the swarm that it is for, where the state is to say so
 */
export function programWithWaits(
  declare: (noted: Noted) => (() => Promise<void>) | void,
  of: { readonly engineId?: string | undefined },
): pulumi.automation.PulumiFn {
  return async () => {
    const failures: unknown[] = [];
    const rest = declare((wait) => async (...args) => {
      try {
        await wait(...args);
      } catch (error) {
        failures.push(error);
        throw error;
      }
    });
    await waitForRPCs();
    await rest?.();
    if (failures.length) throw failures[0];
    return of.engineId ? { engine: of.engineId } : {};
  };
}
