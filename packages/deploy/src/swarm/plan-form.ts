import type { SwarmNode } from "@understudy/core";
import { addressPool } from "./address-pool.ts";
import { hostNameIn, type Machine } from "./machine.ts";
import type { SwarmMember } from "./nodes-of-swarm.ts";

/** One change to a swarm. `host` is the machine's, as the settings name it. */
export type FormStep =
  | { readonly kind: "init"; readonly host: string; readonly address?: string; readonly pool?: string }
  /** `leave`: an attempt to join that never succeeded is given up first. */
  | {
      readonly kind: "join";
      readonly host: string;
      readonly role: SwarmNode["role"];
      readonly address?: string;
      readonly leave: boolean;
    }
  | { readonly kind: "role"; readonly host: string; readonly role: SwarmNode["role"] }
  | { readonly kind: "ingress"; readonly host: string; readonly ingress: boolean }
  | { readonly kind: "activate"; readonly host: string };

/** A machine with what was found out on it. */
export interface KnownMachine extends Machine {
  /** What the others are to reach it by. Undefined: not known before it is looked for on the machine. */
  readonly address?: string;
  /** Every address that it has. */
  readonly own: readonly string[];
}

/** What makes the swarm that the settings describe. `members`: nodes of the swarm that there is. */
export function planForm(machines: readonly KnownMachine[], members: readonly SwarmMember[] | undefined): FormStep[] {
  const memberOf = ({ standing }: Machine) =>
    "nodeId" in standing ? members?.find(({ id }) => id === standing.nodeId) : undefined;
  const joining = machines.filter((machine) => !memberOf(machine));
  const entering = joining.map((machine, index) => {
    const { wanted, address, standing } = machine;
    const named = { host: wanted.host, ...(address ? { address } : {}) };
    if (members || index > 0)
      return { kind: "join" as const, ...named, role: wanted.role, leave: standing.state === "stranded" };
    const pool = addressPool(machines.flatMap(({ own, address: one }) => [...own, ...(one ? [one] : [])]));
    return { kind: "init" as const, ...named, ...(pool ? { pool } : {}) };
  });
  const roles = machines.flatMap((machine) => {
    const member = memberOf(machine);
    const { host, role } = machine.wanted;
    return member && member.role !== role ? [{ kind: "role" as const, host, role }] : [];
  });
  const details = machines.flatMap((machine): FormStep[] => {
    const { host, ingress } = machine.wanted;
    const member = memberOf(machine) ?? { ingress: false, availability: "active" };
    return [
      ...(member.ingress === ingress ? [] : [{ kind: "ingress", host, ingress } as const]),
      ...(member.availability === "active" ? [] : [{ kind: "activate", host } as const]),
    ];
  });
  // There must be a majority of managers at every moment: first those that are more, last those that are fewer.
  const [more, fewer] = [roles.filter(({ role }) => role === "manager"), roles.filter(({ role }) => role === "worker")];
  return [...entering, ...more, ...details, ...fewer];
}

/** Nodes of the swarm that the settings do not name. They are left alone. */
export function unnamed(machines: readonly Machine[], members: readonly SwarmMember[]): SwarmMember[] {
  const named = new Set(machines.map(({ standing }) => ("nodeId" in standing ? standing.nodeId : "")));
  return members.filter(({ id }) => !named.has(id));
}

/** A step in words. */
export function stepLine(step: FormStep): string {
  switch (step.kind) {
    case "init":
      return `${step.host}: begin the swarm${addressWords(step)}${step.pool ? `, its networks from ${step.pool}` : ""}`;
    case "join":
      return `${step.host}: ${step.leave ? "give up an attempt to join that hangs, " : ""}join as ${step.role}${addressWords(step)}`;
    case "role":
      return `${step.host}: ${step.role === "manager" ? "promote to manager" : "demote to worker"}`;
    case "ingress":
      return `${step.host}: ${step.ingress ? "requests come in here" : "no requests come in here any more"}`;
    case "activate":
      return `${step.host}: take tasks again`;
  }
}

function addressWords({ address, host }: { address?: string; host: string }): string {
  const name = hostNameIn(host);
  return ` at ${address ?? (name ? `the address that ${name} leads to there` : "an address that is still to be set")}`;
}
