import type { ComposeModel } from "@understudy/compose";
import { serviceArgs } from "./container-args.ts";
import { swarmFiles } from "./swarm/files.ts";
import { overlayArgs } from "./swarm/overlay-args.ts";
import { swarmServiceArgs } from "./swarm/service-args.ts";

/**
 * Refuse, before anything is done, what compose files say and what runs the stack cannot do. Pure.
 * @throws UserError with service or network, key and remedy
 */
export function refuseUndeployable(engine: "docker" | "swarm", stackName: string, model: ComposeModel): void {
  const services = Object.values(model.services);
  if (engine === "docker") {
    for (const service of services) serviceArgs(stackName, model, service, undefined);
    return;
  }
  for (const [name, network] of Object.entries(model.networks)) if (!network.external) overlayArgs(name, network);
  const files = swarmFiles(stackName, model);
  for (const service of services) {
    swarmServiceArgs(stackName, model, service, {
      image: { id: service.image, digest: undefined, healthcheck: undefined },
      pin: "unknown",
      closed: false,
      network: (name) => name,
      file: (kind, source) => ({
        id: "",
        name: files.find((one) => one.kind === kind && one.source === source)?.name ?? "",
      }),
    });
  }
}
