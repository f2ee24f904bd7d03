import type { Resources, Service } from "../model.ts";
import { entriesOf } from "../tree/tree.ts";
import { Fields } from "./fields.ts";

/** Limits from `deploy.resources` or the older keys beside it; both may be said when they say the same. */
export function readResources(service: Fields): Resources {
  const limits = service.inside("deploy").inside("resources").inside("limits");
  const reservations = service.inside("deploy").inside("resources").inside("reservations");
  const one = (
    older: string,
    read: (fields: Fields, key: string) => number | undefined,
    newer: Fields,
    key: string,
  ) => {
    const [before, now] = [read(service, older), read(newer, key)];
    if (before !== undefined && now !== undefined && before !== now) {
      service.refuse(older, `is ${before}, but deploy.resources says ${now}`, "Say it once");
    }
    return now ?? before;
  };
  const bytes = (fields: Fields, key: string) => fields.bytes(key);
  const resources: Resources = {
    memoryLimit: one("mem_limit", bytes, limits, "memory"),
    memoryReservation: one("mem_reservation", bytes, reservations, "memory"),
    cpus: one("cpus", (fields, key) => fields.decimal(key), limits, "cpus"),
    pidsLimit: one("pids_limit", (fields, key) => fields.integer(key), limits, "pids"),
  };
  const { memoryLimit, memoryReservation } = resources;
  if (memoryLimit !== undefined && memoryReservation !== undefined && memoryReservation > memoryLimit) {
    service.refuse(
      service.get("mem_reservation") ? "mem_reservation" : "deploy",
      "reserves more memory than the limit allows",
    );
  }
  return resources;
}

/** `deploy.replicas`, at least one: a service that is not to run does not belong in the files. */
export function readReplicas(service: Fields): number | undefined {
  const deploy = service.inside("deploy");
  const replicas = deploy.integer("replicas");
  if (replicas !== undefined && replicas < 1) deploy.refuse("replicas", `is ${replicas}, and must be 1 or more`);
  return replicas;
}

export function readUlimits(service: Fields, subject: string): Service["ulimits"] {
  const limits = service.inside("ulimits");
  return Object.fromEntries(
    entriesOf(service.get("ulimits")).map(([name, { value }]) => {
      if (value.kind === "scalar") {
        const both = limits.integer(name) ?? 0;
        return [name, { soft: both, hard: both }];
      }
      const pair = new Fields(value, subject, `ulimits.${name}.`);
      const soft = pair.integer("soft") ?? pair.refuse("soft", "is missing");
      return [name, { soft, hard: pair.integer("hard") ?? pair.refuse("hard", "is missing") }];
    }),
  );
}
