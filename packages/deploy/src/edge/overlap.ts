import { awaitQuiet } from "./await-quiet.ts";
import type { Edge } from "./edge.ts";

export interface Bridge {
  readonly service: string;
  /** Where its other container, healthy by now, is reached by the edge. */
  readonly address: string;
  /** How long connections of one that goes, websockets among them, are waited for; ms. */
  readonly drain: number;
}

/**
 * Do something while another container of a service serves its requests; the service's own is drained before, the
 * other one afterwards. Once this has ended well nobody is served by the other one any more. Where `work` fails, it goes
 * on serving: the service's own container may be away.
 * @param work replaces the service's own container. It returns the new one's address, once that is healthy
 * @returns how many connections were still in use when their time was over
 */
export async function withBridge(edge: Edge, bridge: Bridge, work: () => Promise<string>): Promise<number> {
  const { service, address, drain } = bridge;
  await edge.toBridge(service, address);
  const ofOld = await awaitQuiet(() => edge.connections(service, "own"), drain);
  await edge.point(service, await work());
  await edge.toOwn(service);
  const ofBridge = await awaitQuiet(() => edge.connections(service, "bridge"), drain);
  await edge.removeBridge(service);
  return ofOld + ofBridge;
}
