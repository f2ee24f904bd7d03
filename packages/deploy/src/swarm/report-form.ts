import { table } from "@understudy/core";
import type { ExaminedMachine } from "./examine-machines.ts";
import { addressNotes, kernelNotes } from "./judge-examined.ts";
import { warningsOf } from "./judge-machines.ts";
import type { SwarmMember } from "./nodes-of-swarm.ts";
import { unnamed } from "./plan-form.ts";

/** What `swarm:form --json` says; documented in docs/cli-json.md. */
export interface FormReport {
  readonly environment: string;
  /** What was (in a dry run: would be) changed, in words. */
  readonly changes: readonly string[];
  readonly nodes: readonly NodeReport[];
  /** Nodes of the swarm that the settings do not name. */
  readonly unnamed: readonly {
    readonly id: string;
    readonly name: string;
    readonly role: string;
    readonly state: string;
  }[];
  readonly notes: readonly string[];
}

/** `null`: it is not in the swarm yet, or could not be told. */
interface NodeReport {
  readonly host: string;
  readonly id: string | null;
  readonly name: string;
  readonly role: string | null;
  readonly leader: boolean;
  readonly state: string | null;
  readonly availability: string | null;
  readonly address: string | null;
  readonly ingress: boolean;
  readonly engine: string;
  readonly ipvs: boolean | null;
  readonly vxlan: boolean | null;
  /** ms that its clock is ahead of the machine's that ran this. */
  readonly clockAheadMs: number;
}

export function reportOf(found: {
  environment: string;
  lines: readonly string[];
  examined: readonly ExaminedMachine[];
  members: readonly SwarmMember[];
}): FormReport {
  const { environment, lines, examined, members } = found;
  return {
    environment,
    changes: lines,
    nodes: examined.map((machine) => nodeReport(machine, members)),
    unnamed: unnamed(examined, members).map(({ id, name, role, state }) => ({ id, name, role, state })),
    notes: [...warningsOf(examined), ...kernelNotes(examined), ...addressNotes(examined)],
  };
}

function nodeReport(machine: ExaminedMachine, members: readonly SwarmMember[]): NodeReport {
  const { wanted, standing, kernel } = machine;
  const member = members.find(({ id }) => "nodeId" in standing && id === standing.nodeId);
  return {
    host: wanted.host,
    id: member?.id ?? null,
    name: machine.hostName,
    role: member?.roleNow ?? null,
    leader: member?.leader ?? false,
    state: member?.state ?? null,
    availability: member?.availability ?? null,
    address: member?.address ?? machine.address ?? null,
    ingress: member?.ingress ?? false,
    engine: machine.version,
    ipvs: kernel.ipvs ?? null,
    vxlan: kernel.vxlan ?? null,
    clockAheadMs: machine.clockAhead,
  };
}

/** The report for a person. */
export function formInWords(
  { environment, changes, nodes, unnamed: others, notes }: FormReport,
  dryRun: boolean,
): string {
  const rows = nodes.map(({ host, name, role, leader, state, ingress, address, engine, ipvs }) => [
    host,
    name,
    role ? `${role}${leader ? ", leads" : ""}` : "not in it",
    state ?? "",
    ingress ? "yes" : "",
    address ?? "",
    engine,
    ipvs === null ? "?" : ipvs ? "yes" : "no",
  ]);
  const done = changes.length
    ? [`${dryRun ? "Would change" : "Changed"}:`, ...changes.map((line) => `  ${line}`)]
    : [`Nothing to change: the swarm of ${environment} is as understudy.yml says.`];
  return [
    table(["Machine", "Node", "Role", "State", "Ingress", "Address", "Engine", "IPVS"], rows),
    ...others.map(
      ({ name, id, role, state }) =>
        `Not named in understudy.yml, left alone: ${name} (${id}), ${role}, ${state}${state === "down" ? `; docker node rm ${id} forgets it` : ""}`,
    ),
    ...notes.map((note) => `Note: ${note}`),
    "",
    ...done,
    "",
  ].join("\n");
}
