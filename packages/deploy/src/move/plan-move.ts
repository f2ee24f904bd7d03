import { bytesInWords, UserError } from "@understudy/core";
import { type Journey, placeInWords } from "@understudy/environment";

/** A data volume, by its name on the host. */
export interface MovedVolume {
  readonly name: string;
  readonly bytes: number;
  /** The driver and its options say nothing but: a folder of this engine. */
  readonly plain: boolean;
}

/** What was seen at both ends. */
export interface MoveFacts {
  readonly environment: string;
  readonly journey: Journey;
  readonly release: string;
  /** Services of which a container does not run at the old place. */
  readonly stopped: readonly string[];
  readonly services: readonly string[];
  readonly volumes: readonly MovedVolume[];
  /** Volumes that the compose files name as somebody else's. */
  readonly external: readonly string[];
  /** The one host is a machine of the swarm. */
  readonly isOneMachine: boolean;
  /** Names of the machine that has the data now, and of the one that will have it. */
  readonly dataOn: string;
  readonly home: string;
  /** Names of other machines of the swarm that have volumes of these names, which would be taken for the data. */
  readonly strays: readonly string[];
  /** Volumes of the same names at the new place, where the data must come to. */
  readonly inTheWay: readonly string[];
  /** Bytes that its disk has free. */
  readonly room: number;
  readonly architecture: { readonly from: string; readonly to: string };
  /** What a swarm goes without, a line each. */
  readonly leftOut: readonly string[];
}

export interface MovePlan {
  /** `in place`: the volumes stay on the machine that they are on. */
  readonly data: "in place" | "copied";
  /** For people, in order. */
  readonly steps: readonly string[];
}

/** Room that a machine keeps for what is written once it runs, bytes. */
const spare = 2 * 1_073_741_824;

/** What a move does, in order. Pure. @throws UserError for what would not come up, or lose data, before anything is stopped */
export function planMove(facts: MoveFacts): MovePlan {
  refuseUnfit(facts);
  const { journey, isOneMachine, volumes, home, release, services, leftOut } = facts;
  const [from, to] = [placeInWords(journey.from), placeInWords(journey.to)];
  const bytes = bytesInWords(volumes.reduce((sum, volume) => sum + volume.bytes, 0));
  const names = volumes.map(({ name }) => name).join(", ");
  const data = isOneMachine ? "in place" : "copied";
  const carry = isOneMachine
    ? `leave the data where it is, on ${home}: ${names} (${bytes})`
    : `copy the data to ${home}, and compare every byte: ${names} (${bytes})`;
  return {
    data,
    steps: [
      `bring the images of release ${release} to ${to}`,
      `take a backup on ${from}, and restore it for a test`,
      `stop ${services.join(", ")} on ${from}; from here on nothing answers`,
      ...(volumes.length ? [carry] : []),
      `start the same release on ${to}, and see every service healthy; else go back by itself`,
      ...leftOut.map((line) => `on a swarm,${line.replace(/^\s*/, " ")}`),
    ],
  };
}

function refuseUnfit(facts: MoveFacts): void {
  const { environment, journey, stopped, isOneMachine, dataOn, home, strays, volumes, architecture } = facts;
  const [from, to] = [placeInWords(journey.from), placeInWords(journey.to)];
  if (stopped.length) {
    throw new UserError(`${environment} is not whole on ${from}: ${stopped.join(", ")} does not run`, {
      next: "Set understudy.yml back to where it runs, deploy it there, and move what is well",
    });
  }
  if (isOneMachine && dataOn !== home) {
    throw new UserError(
      `The data of ${environment} is on ${dataOn}, and ${to} is another machine of the same swarm, ${home}`,
      {
        next: `Set host: to ${dataOn}, or to a machine that is none of the swarm`,
      },
    );
  }
  if (strays.length) {
    throw new UserError(`Volumes of ${environment} are on ${strays.join(", ")} too, and its data is on ${dataOn}`, {
      next: `Look what they are; if nothing in them is needed, remove them there: docker volume rm ${volumes.map(({ name }) => name).join(" ")}`,
    });
  }
  if (isOneMachine) return;
  if (architecture.from !== architecture.to) {
    throw new UserError(`${from} is ${architecture.from}, and ${to} is ${architecture.to}`, {
      next: "Files of databases are of one kind of machine. Take a backup, deploy anew there, and restore it",
    });
  }
  refuseUncopyable(facts);
}

/** What a copy would lose, or write over. */
function refuseUncopyable({ environment, volumes, external, inTheWay, home, room }: MoveFacts): void {
  const special = [...volumes.filter(({ plain }) => !plain).map(({ name }) => name), ...external];
  if (special.length) {
    throw new UserError(
      `${special.join(", ")} of ${environment} is no plain volume of its host: where it leads to cannot be copied`,
      { next: "Move to a swarm that the host is a machine of: there it stays in place" },
    );
  }
  if (inTheWay.length) {
    throw new UserError(`${home} has ${inTheWay.join(", ")} already, which a move would write over`, {
      next: `If nothing in them is needed, remove them there: docker volume rm ${inTheWay.join(" ")}`,
    });
  }
  const needed = volumes.reduce((sum, { bytes }) => sum + bytes, spare);
  if (room >= needed) return;
  throw new UserError(`${home} has ${bytesInWords(room)} free, and the data needs ${bytesInWords(needed)}`, {
    next: "Make room there, and run again. Nothing was stopped",
  });
}
