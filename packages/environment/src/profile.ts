/** What can be observed of the machine that hosts an environment. Undefined: not known. */
export interface HostFacts {
  readonly battery: boolean | undefined;
  readonly graphicalSession: boolean | undefined;
  /** Chassis as DMI names it, e.g. `laptop`, `desktop`, `server`, `virtual`. */
  readonly chassis: string | undefined;
  readonly virtual: boolean | undefined;
  /** Bytes. */
  readonly memory: number | undefined;
  readonly remote: boolean;
}

export type Profile = "laptop" | "server";

export interface ProfileChoice {
  readonly profile: Profile;
  /** The deciding observations, for people. */
  readonly because: string;
}

const gibibyte = 1_073_741_824;

/** Below this a machine is treated as a laptop whatever else it is: the full stack needs the room. */
const serverMemory = 12 * gibibyte;

/** Laptop or server, and why: the first observation that decides. Pure. */
export function chooseProfile(facts: HostFacts): ProfileChoice {
  const memory = facts.memory === undefined ? undefined : `${Math.round(facts.memory / gibibyte)} GiB of memory`;
  if (facts.remote) return { profile: "server", because: "its Docker host is reached over ssh" };
  if (facts.battery) return { profile: "laptop", because: "this machine has a battery" };
  if (facts.chassis === "laptop") return { profile: "laptop", because: "its chassis is a laptop's" };
  if (facts.graphicalSession) return { profile: "laptop", because: "a graphical session runs here" };
  if (facts.memory !== undefined && facts.memory < serverMemory)
    return { profile: "laptop", because: `only ${memory}` };
  const seen = [
    "no battery",
    "no graphical session",
    ...(facts.virtual ? ["a virtual machine"] : facts.chassis ? [`chassis: ${facts.chassis}`] : []),
    ...(memory ? [memory] : []),
  ];
  return { profile: "server", because: seen.join(", ") };
}
