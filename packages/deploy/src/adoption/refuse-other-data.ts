import type { ComposeModel, Mount } from "@understudy/compose";
import { UserError } from "@understudy/core";
import { volumeName } from "@understudy/stacks/names";
import type { Matched } from "./match-services.ts";

/**
 * A service's data must be where the compose files say, under the name that they say: nothing is copied, so the next container would
 * begin without it. Pure.
 * @throws UserError naming every place where that is not so
 */
export function refuseOtherData(model: ComposeModel, stackName: string, services: Matched): void {
  const flaws = [...services].flatMap(([name, { Mounts }]) => {
    const wanted = new Map((model.services[name]?.volumes ?? []).map((mount) => [mount.target, mount]));
    const held = Mounts.filter(
      ({ Type, Destination }) => Type === "volume" || wanted.get(Destination)?.type === "volume",
    );
    return held.flatMap(({ Type, Name, Source, Destination }) => {
      const meant = hostName(model, stackName, wanted.get(Destination));
      const has = Type === "volume" ? `volume ${Name}` : Source;
      return meant === Name && Type === "volume"
        ? []
        : [
            `${name} has ${has} at ${Destination}, and the compose files ${meant ? `mean volume ${meant}` : "mount nothing there"}`,
          ];
    });
  });
  if (flaws.length === 0) return;
  throw new UserError(`Data would be left behind: ${flaws.join("; ")}`, {
    next: "Have the compose files mount what is there (of another name: volumes: { name: { external: true, name: … } }); then run it again",
  });
}

function hostName(model: ComposeModel, stackName: string, mount: Mount | undefined): string | undefined {
  if (mount?.type !== "volume") return undefined;
  return model.volumes[mount.source]?.external?.name ?? volumeName(stackName, mount.source);
}
