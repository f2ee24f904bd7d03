import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

export type ResourceKind = "container" | "service" | "network" | "volume" | "image" | "file";
export type Operation = "create" | "update" | "replace" | "delete";

/** One resource that the engine wants to change, and which of its properties made it. */
export interface ResourceChange {
  readonly kind: ResourceKind;
  /** The name in the compose files. */
  readonly name: string;
  readonly operation: Operation;
  readonly properties: readonly PropertyChange[];
}

export interface PropertyChange {
  readonly property: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface ChangeCounts {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly replace: number;
}

const kinds: Readonly<Record<string, ResourceKind>> = {
  "docker:index/container:Container": "container",
  "docker:index/service:Service": "service",
  "docker:index/secret:Secret": "file",
  "docker:index/serviceConfig:ServiceConfig": "file",
  "docker:index/network:Network": "network",
  "docker:index/volume:Volume": "volume",
  "docker:index/remoteImage:RemoteImage": "image",
};

const operations: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  replace: "replace",
  delete: "delete",
};

/** The changes that an engine event announces: none, or one. */
export function changeOf(event: EngineEvent): ResourceChange[] {
  const metadata = event.resourcePreEvent?.metadata;
  const kind = kinds[metadata?.type ?? ""];
  const operation = operations[metadata?.op ?? ""];
  if (!metadata || !kind || !operation) return [];
  const differing = kind === "service" ? Object.keys(metadata.detailedDiff ?? {}) : metadata.diffs;
  const properties = [...new Set(differing ?? Object.keys(metadata.detailedDiff ?? {}))].map((property) => ({
    property,
    from: plain(metadata.old?.inputs?.[property]),
    to: plain(metadata.new?.inputs?.[property]),
  }));
  return [{ kind, name: nameOf(metadata.urn), operation, properties }];
}

/** What people count: containers or services, networks and volumes. Records of images, files of services and the engine's own are not. */
export function countChanges(changes: readonly ResourceChange[]): ChangeCounts {
  const counts = { create: 0, update: 0, delete: 0, replace: 0 };
  for (const { kind, operation } of changes) if (isCounted(kind)) counts[operation]++;
  return counts;
}

/** Whether it is something that people know of, and not a part of something. */
export function isCounted(kind: ResourceKind): boolean {
  return kind !== "image" && kind !== "file";
}

/** Whether it is what runs a service: its container, or what a swarm makes its containers of. */
export function isRunner(kind: ResourceKind): boolean {
  return kind === "container" || kind === "service";
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** Scalars as text; secrets and structures are not shown. */
function plain(value: unknown): string | undefined {
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}
