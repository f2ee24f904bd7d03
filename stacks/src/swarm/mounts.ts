import type { types } from "@pulumi/docker";
import { type ComposeModel, parseBytes, type Service } from "@understudy/compose";
import { volumeName } from "../names.ts";
import { compact } from "../values.ts";
import { tmpfsRefusal } from "./refusals.ts";

type MountArgs = types.input.ServiceTaskSpecContainerSpecMount;

/** A service's volumes, paths of its machine and paths in memory, /dev/shm among them. Pure. @throws UserError for a tmpfs option */
export function mounts(stackName: string, model: ComposeModel, service: Service): MountArgs[] {
  const { volumes, tmpfs, shmSize } = service;
  return [
    ...volumes.map((mount): MountArgs => {
      const { type, target, readOnly } = mount;
      if (mount.type !== "volume") return compact({ type, source: mount.source, target, readOnly });
      const external = model.volumes[mount.source]?.external;
      return { type, source: external?.name ?? volumeName(stackName, mount.source), target, readOnly };
    }),
    ...tmpfs.map((entry) => inMemory(service.name, entry)),
    // A service has no shm_size; what an engine mounts there gives way to this.
    ...(shmSize === undefined
      ? []
      : [{ type: "tmpfs", target: "/dev/shm", readOnly: false, tmpfsOptions: { sizeBytes: shmSize } }]),
  ];
}

/** `path` or `path:size=64m,mode=0700`. */
function inMemory(service: string, entry: string): MountArgs {
  const [target = entry, options = ""] = entry.split(/:(.*)/, 2);
  const said = options.split(",").filter((option) => option && !ALWAYS.has(option));
  let readOnly = false;
  const tmpfsOptions: types.input.ServiceTaskSpecContainerSpecMountTmpfsOptions = {};
  for (const option of said) {
    const [name, value = ""] = option.split("=");
    const sizeBytes = name === "size" ? parseBytes(value) : undefined;
    if (option === "ro") readOnly = true;
    else if (sizeBytes !== undefined) tmpfsOptions.sizeBytes = sizeBytes;
    else if (name === "mode" && /^0?[0-7]{1,3}$/.test(value)) tmpfsOptions.mode = Number.parseInt(value, 8);
    else throw tmpfsRefusal(service, target, option);
  }
  return compact({
    type: "tmpfs",
    target,
    readOnly,
    tmpfsOptions: Object.keys(tmpfsOptions).length ? tmpfsOptions : undefined,
  });
}

/** What every path in memory is mounted with. The provider reads no bit above the last nine back. */
const ALWAYS = new Set(["rw", "noexec", "nosuid", "nodev", "mode=1777", "mode=01777"]);
