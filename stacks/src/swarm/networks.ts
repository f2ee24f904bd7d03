import * as docker from "@pulumi/docker";
import { encryptSecrets } from "../encrypt-secrets.ts";
import { labelList } from "../labels.ts";
import { networkName } from "../names.ts";
import type { SwarmInput } from "./program.ts";

/** Networks across the machines. Containers may join them, as those do that work on a service's data. */
export function declareOverlays({ stackName, model, labels, secrets }: SwarmInput): Map<string, docker.Network> {
  const owned = Object.entries(model.networks).filter(([, network]) => !network.external);
  return new Map(
    owned.map(([name, network]) => {
      const args: docker.NetworkArgs = {
        name: networkName(stackName, name),
        driver: "overlay",
        internal: network.internal,
        attachable: true,
        ...(Object.keys(network.driverOpts).length ? { options: network.driverOpts } : {}),
        ...(network.ipam
          ? { ipamConfigs: network.ipam.config.map(({ subnet, gateway, ipRange }) => ({ subnet, gateway, ipRange })) }
          : {}),
        labels: labelList({ ...network.labels, ...labels("network", name) }),
      };
      const { encrypted, options } = encryptSecrets(args, secrets);
      return [
        name,
        new docker.Network(name, encrypted, {
          deleteBeforeReplace: true,
          // The swarm adds the number that it gave the network.
          ignoreChanges: ["labels", 'options["com.docker.network.driver.overlay.vxlanid_list"]'],
          ...options,
        }),
      ];
    }),
  );
}
