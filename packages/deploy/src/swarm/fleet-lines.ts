import type { Fleet, OlderVolume } from "@understudy/core";

/** What a person who changes a stack should know of its machines now, a line each. */
export async function fleetLines(fleet: Fleet): Promise<string[]> {
  const [{ nodes }, older] = await Promise.all([fleet.look(), fleet.olderVolumes()]);
  const missing = nodes.filter(({ state, away }) => state !== "ready" || away);
  return [
    ...missing.map(({ name, state, away }) => {
      const what = state === "ready" ? "is not reached" : `is ${state}`;
      return `${name} ${what}${away ? ` (${away})` : ""}: this run goes on without it`;
    }),
    ...older.map(olderVolumeLine),
  ];
}

/** What a machine has from before its data was moved, for people. Pure. */
export function olderVolumeLine({ volume, node }: OlderVolume): string {
  return `Volume ${volume} is also on ${node}, from before: nothing uses it. When nothing of it is needed, there: docker volume rm ${volume}`;
}
