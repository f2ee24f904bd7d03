import { UserError } from "@understudy/core";
import type { ExaminedMachine } from "./examine-machines.ts";
import { hostNameIn, settledAddress } from "./machine.ts";

/**
 * Whether machines that are to join can be reached by the others, and carry their networks.
 * @throws UserError
 */
export function refuseUnready(machines: readonly ExaminedMachine[]): void {
  for (const machine of machines) {
    const { host } = machine.wanted;
    if (machine.kernel.vxlan === false) {
      throw new UserError(`The kernel of ${host} has no vxlan, of which networks between machines are made`, {
        next: "There: install the kernel's modules (linux-modules-extra on Ubuntu), or take another machine",
      });
    }
    if ("nodeId" in machine.standing || settledAddress(machine.wanted)) continue;
    refuseAddress(machine);
  }
}

/** A name that the settings do not settle must lead to an address of the machine itself. */
function refuseAddress({ wanted: { host }, address, own }: ExaminedMachine): void {
  const name = hostNameIn(host);
  // Nobody was there to look yet.
  if (own.length === 0) return;
  if (address && own.includes(address)) return;
  const which = !name
    ? `${host} does not say what the other machines reach it by`
    : address
      ? `On ${host}, ${name} leads to ${address}, which is none of its own addresses`
      : `${host} does not know what address ${name} is`;
  throw new UserError(which, { next: `Set address: of that node in understudy.yml, one of ${own.join(", ")}` });
}

/** What the kernels lack, and what is used instead. */
export function kernelNotes(machines: readonly ExaminedMachine[]): string[] {
  const without = machines.filter(({ kernel }) => kernel.ipvs === false).map(({ wanted }) => wanted.host);
  if (without.length === 0) return [];
  return [
    `no IPVS in the kernel of ${without.join(", ")}: names of services lead to every replica by turns (DNS round robin), and ports are published by the node that has the task`,
  ];
}

/** Addresses of nodes cannot be changed later: one that the settings say otherwise is only told. */
export function addressNotes(machines: readonly ExaminedMachine[]): string[] {
  return machines.flatMap(({ wanted: { host, address }, standing }) =>
    address && "address" in standing && standing.address && standing.address !== address
      ? [`${host} is in the swarm at ${standing.address}, not at ${address}: to move it, it must leave and join again`]
      : [],
  );
}
