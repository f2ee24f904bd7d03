import type { types } from "@pulumi/docker";
import type { Service } from "@understudy/compose";
import { compact } from "../values.ts";

/** What a replica may use and what is kept free for it on its machine; bytes and billionths of a core. Pure. */
export function taskResources({ resources }: Service): types.input.ServiceTaskSpecResources {
  const { cpus, memoryLimit, memoryReservation } = resources;
  return compact({
    limits:
      cpus === undefined && memoryLimit === undefined
        ? undefined
        : compact({ nanoCpus: cpus === undefined ? undefined : Math.round(cpus * 1e9), memoryBytes: memoryLimit }),
    reservation: memoryReservation === undefined ? undefined : { memoryBytes: memoryReservation },
  });
}
