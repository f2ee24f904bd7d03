import type { Deployment } from "@pulumi/pulumi/automation/index.js";
import { readFact, writeFact } from "@understudy/core";
import type { Snapshot, Target } from "@understudy/environment";
import type { MadeOtherwise } from "@understudy/stacks";
import { containerName } from "@understudy/stacks/names";
import type { Candidate } from "../candidate.ts";
import { configOf } from "../plan/labels.ts";
import type { Matched } from "./match-services.ts";

const fact = "adopted";

/** A container that was adopted. What its labels would say cannot be said by labels, which a running container cannot be given. */
export interface Adopted {
  readonly id: string;
  readonly config: string;
  readonly release: string;
  /** What Docker Compose makes of the same compose file in another way than we do. */
  readonly made: MadeOtherwise;
}

/** The adopted container of a service, while it runs and is what the service should be. Undefined otherwise. */
export function stillAdopted(candidate: Candidate, live: Snapshot): (service: string) => Adopted | undefined {
  const { desired } = candidate;
  const adopted = readAdopted(desired);
  return (service) => {
    const one = adopted[service];
    const current = live.containers.get(containerName(desired.environment.stackName, service));
    return one && one.id === current?.Id && one.config === configOf(candidate, service) ? one : undefined;
  };
}

/** Remember adopted containers, each as if it were what its service should be. @param state that knows them */
export function rememberAdopted(candidate: Candidate, services: Matched, state: Deployment): void {
  const made = madeOtherwise(state);
  const { desired, release } = candidate;
  const entries = [...services].map(([name, { Id }]): [string, Adopted] => [
    name,
    { id: Id, config: configOf(candidate, name), release: release.id, made: made.get(Id) ?? {} },
  ]);
  writeAdopted(desired, Object.fromEntries(entries));
}

/** These are to be replaced: nothing of how they were made is kept. */
export function forgetAdopted({ desired }: Candidate, services: ReadonlySet<string>): void {
  const kept = Object.entries(readAdopted(desired)).filter(([name]) => !services.has(name));
  writeAdopted(desired, Object.fromEntries(kept));
}

function readAdopted({ installation, environment }: Target): Readonly<Record<string, Adopted>> {
  return readFact<Record<string, Adopted>>(installation, environment.name, fact) ?? {};
}

function writeAdopted({ installation, environment }: Target, adopted: Readonly<Record<string, Adopted>>): void {
  writeFact(installation, environment.name, fact, adopted);
}

interface ExportedState {
  readonly resources?: readonly {
    readonly type: string;
    readonly id?: string;
    readonly outputs?: { readonly networkMode?: string; readonly mounts?: readonly object[] };
  }[];
}

/** As the engine's provider reads it, by container. */
function madeOtherwise(state: Deployment): Map<string, MadeOtherwise> {
  const { resources = [] } = (state.deployment ?? {}) as ExportedState;
  const containers = resources.filter(({ type }) => type === "docker:index/container:Container");
  return new Map(
    containers.map(({ id = "", outputs = {} }) => {
      const { networkMode, mounts = [] } = outputs;
      const made = { ...(networkMode ? { networkMode } : {}), ...(mounts.length ? { mounts: mounts.map(told) } : {}) };
      return [id, made as MadeOtherwise];
    }),
  );
}

/** Without what was left open, which is read as empty and not taken as that. */
function told(value: object): object {
  const entries = Object.entries(value).filter(([, one]) => one !== null && one !== "");
  return Object.fromEntries(
    entries.map(([name, one]) => [name, typeof one === "object" && !Array.isArray(one) ? told(one) : one]),
  );
}
