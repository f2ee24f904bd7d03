import type { OlderVolume } from "@understudy/core";

/** What a machine has from before its data was moved, for people. Pure. */
export function olderVolumeLine({ volume, node }: OlderVolume): string {
  return `Volume ${volume} is also on ${node}, from before: nothing uses it. When nothing of it is needed, there: docker volume rm ${volume}`;
}
