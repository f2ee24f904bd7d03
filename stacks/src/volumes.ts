import * as docker from "@pulumi/docker";
import type { ComposeModel } from "@understudy/compose";
import { encryptSecrets } from "./encrypt-secrets.ts";
import { type Labels, labelList } from "./labels.ts";
import { volumeName } from "./names.ts";

interface VolumesInput {
  readonly stackName: string;
  readonly model: ComposeModel;
  readonly secrets: readonly string[];
  labels(kind: "volume", name: string): Labels;
}

/** Data: adopted when it exists already, never deleted by the engine, never replaced for a label. */
export function declareVolumes({ stackName, model, labels, secrets }: VolumesInput): Map<string, docker.Volume> {
  const owned = Object.entries(model.volumes).filter(([, volume]) => !volume.external);
  return new Map(
    owned.map(([name, volume]) => {
      const args: docker.VolumeArgs = {
        name: volumeName(stackName, name),
        driver: volume.driver ?? "local",
        ...(Object.keys(volume.driverOpts).length ? { driverOpts: volume.driverOpts } : {}),
        labels: labelList({ ...volume.labels, ...labels("volume", name) }),
      };
      const { encrypted, options } = encryptSecrets(args, secrets);
      return [
        name,
        new docker.Volume(name, encrypted, { retainOnDelete: true, ignoreChanges: ["labels"], ...options }),
      ];
    }),
  );
}
