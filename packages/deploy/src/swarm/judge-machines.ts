import { secondsInWords, UserError } from "@understudy/core";
import { leaderless, type Machine } from "./machine.ts";
import type { SwarmMember } from "./nodes-of-swarm.ts";

/** Certificates of a swarm hold from an hour before they are made. ms. */
const clockAllowed = 3_600_000;
/** From here on, times of logs and journals of different machines do not fit together. ms. */
const clockNoticed = 10_000;

/**
 * Whether these machines can be one swarm.
 * @param members nodes of the swarm that a machine manages, when there is one
 * @throws UserError for what no plan can mend
 */
export function refuseUnfit(machines: readonly Machine[], members: readonly SwarmMember[] | undefined): void {
  refuseSameEngine(machines);
  for (const { wanted, standing } of machines)
    if (standing.state === "blocked") throw new UserError(`${wanted.host} ${standing.said}`, { next: standing.next });
  const manager = machines.find(({ standing }) => standing.state === "manager");
  if (manager && !members) {
    throw new UserError(`${manager.wanted.host} manages ${leaderless.said}`, { next: leaderless.next });
  }
  refuseOtherSwarms(machines, members);
  for (const { wanted, ahead } of clocks(machines)) {
    if (Math.abs(ahead) < clockAllowed) continue;
    throw new UserError(`The clock of ${wanted.host} is ${clockWords(ahead)} that of ${machines[0]?.wanted.host}`, {
      next: "Set the clocks: sudo timedatectl set-ntp true; nodes refuse each other's certificates",
    });
  }
}

/** What holds, and should be known. */
export function warningsOf(machines: readonly Machine[]): string[] {
  const managers = machines.filter(({ wanted }) => wanted.role === "manager").length;
  const even = managers % 2 === 0;
  // More than half of them must run.
  const spare = (managers - 2) / 2;
  return [
    ...(even
      ? [`${managers} managers survive the loss of ${spare || "none"}, as ${managers - 1} would: use ${managers + 1}`]
      : []),
    ...clocks(machines)
      .filter(({ ahead }) => Math.abs(ahead) >= clockNoticed)
      .map(({ wanted, ahead }) => `the clock of ${wanted.host} is ${clockWords(ahead)} that of the first machine`),
  ];
}

function refuseSameEngine(machines: readonly Machine[]): void {
  for (const { wanted, engineId } of machines) {
    const same = machines.filter((other) => other.engineId === engineId);
    if (same.length < 2) continue;
    throw new UserError(`${same.map((one) => one.wanted.host).join(" and ")} are one engine (${engineId})`, {
      next: `Name ${wanted.host} once; if they are copies of one machine: there sudo rm /etc/docker/key.json /var/lib/docker/engine-id, and restart Docker`,
    });
  }
}

function refuseOtherSwarms(machines: readonly Machine[], members: readonly SwarmMember[] | undefined): void {
  const ids = new Set(members?.map(({ id }) => id));
  const known = machines.find(({ standing }) => standing.state === "manager" && ids.has(standing.nodeId));
  const stray = machines.find(({ standing }) => "nodeId" in standing && !ids.has(standing.nodeId));
  if (!stray) return;
  const than = known ? ` than ${known.wanted.host}` : "";
  throw new UserError(
    `${stray.wanted.host} is in another swarm${than || ", which none of the named machines manages"}`,
    {
      next: `If nothing of that swarm is needed, there: docker swarm leave --force; else name ${
        known ? "it in another environment" : "one of its managers too"
      }`,
    },
  );
}

/** How far each clock is ahead of the first machine's, ms. */
function clocks(machines: readonly Machine[]): { wanted: Machine["wanted"]; ahead: number }[] {
  const first = machines[0]?.clockAhead ?? 0;
  return machines.map(({ wanted, clockAhead }) => ({ wanted, ahead: clockAhead - first }));
}

function clockWords(ahead: number): string {
  return `${secondsInWords(Math.abs(ahead) / 1_000)} ${ahead > 0 ? "ahead of" : "behind"}`;
}
