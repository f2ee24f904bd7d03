import type { types } from "@pulumi/docker";
import { type ComposeModel, parseBytes, type Service } from "@understudy/compose";
import { UserError } from "@understudy/core";
import { volumeName } from "../names.ts";
import { compact } from "../values.ts";

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

/** `path` or `path:size=64m,mode=1777`. */
function inMemory(service: string, entry: string): MountArgs {
  const [target = entry, options = ""] = entry.split(/:(.*)/, 2);
  const said = options.split(",").filter((option) => option && !ALWAYS.has(option));
  const pairs = new Map(said.map((option) => [option.split("=")[0] ?? "", option.split("=")[1] ?? ""]));
  const sizeBytes = parseBytes(pairs.get("size") ?? "");
  const mode = /^[0-7]+$/.test(pairs.get("mode") ?? "") ? Number.parseInt(pairs.get("mode") ?? "", 8) : undefined;
  for (const [name, value] of pairs) {
    if ((name === "size" && sizeBytes !== undefined) || (name === "mode" && mode !== undefined) || name === "ro")
      continue;
    throw new UserError(`service ${service}: tmpfs ${target} has the option ${name}${value && `=${value}`}`, {
      next: "On a swarm only size in bytes and mode in octal can be said; remove it",
    });
  }
  const tmpfsOptions = pairs.has("size") || pairs.has("mode") ? compact({ sizeBytes, mode }) : undefined;
  return compact({ type: "tmpfs", target, readOnly: pairs.has("ro"), tmpfsOptions });
}

/** What every path in memory is mounted with. */
const ALWAYS = new Set(["rw", "noexec", "nosuid", "nodev"]);
