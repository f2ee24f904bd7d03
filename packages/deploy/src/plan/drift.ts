import type { Snapshot } from "@understudy/environment";
import { serviceOf } from "@understudy/environment";
import type { ResourceChange } from "../engine/changes.ts";
import { containerDrift } from "../live/fingerprint.ts";

/** A container as the last good deploy left it. */
export interface KnownContainer {
  readonly id: string;
  /** Of what only a hand changes in a container that lives on. */
  readonly hash: string;
}

/** Note every container, so that a later look can tell what was altered. */
export function knownContainers(snapshot: Snapshot): Record<string, KnownContainer> {
  return Object.fromEntries(
    [...snapshot.containers.values()].map((info) => [serviceOf(info), { id: info.Id, hash: containerDrift(info) }]),
  );
}

/**
 * Services whose container was altered by hand: still the same container, and no longer the same, or off a network that
 * it must be on. The engine's provider reads back part of a container only, so this looks at all of it. Pure.
 */
export function alteredByHand(
  known: Readonly<Record<string, KnownContainer>>,
  snapshot: Snapshot,
  networks: Readonly<Record<string, readonly string[]>>,
): string[] {
  return [...snapshot.containers.values()].flatMap((info) => {
    const service = serviceOf(info);
    const before = known[service];
    const changed = before?.id === info.Id && before.hash !== containerDrift(info);
    const attached = Object.keys(info.NetworkSettings.Networks);
    const cutOff = (networks[service] ?? []).some((network) => !attached.includes(network));
    return changed || cutOff ? [service] : [];
  });
}

/**
 * The engine's changes, put right by what it does not know: a stopped container is started, not changed; one that was
 * altered by hand is replaced. Pure.
 */
export function settleChanges(
  changes: readonly ResourceChange[],
  stopped: ReadonlySet<string>,
  altered: readonly string[],
): ResourceChange[] {
  // A stopped container publishes nothing. Ports that the files changed come with a changed label, and are kept.
  const onlyStopped = ({ kind, name, operation, properties }: ResourceChange) =>
    kind === "container" &&
    (operation === "update" || operation === "replace") &&
    stopped.has(name) &&
    properties.every(({ property }) => property === "mustRun" || property === "ports");
  const remade = (change: ResourceChange) =>
    change.kind === "container" && change.operation !== "update" && altered.includes(change.name);
  const byHand = altered.filter((name) => !changes.some((change) => change.name === name && remade(change)));
  return [
    ...changes.filter(
      (change) => !onlyStopped(change) && !(change.kind === "container" && byHand.includes(change.name)),
    ),
    ...byHand.map(
      (name): ResourceChange => ({
        kind: "container",
        name,
        operation: "replace",
        properties: [{ property: alteredProperty, from: undefined, to: undefined }],
      }),
    ),
  ];
}

/** Stands for whatever a hand changed. */
export const alteredProperty = "altered by hand";

/** The services that the engine must be told to replace, because it sees no reason of its own. */
export function forcedReplacements(changes: readonly ResourceChange[]): string[] {
  return changes.flatMap(({ name, properties }) =>
    properties.some(({ property }) => property === alteredProperty) ? [name] : [],
  );
}
