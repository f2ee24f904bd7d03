import { constants, getPriority, setPriority } from "node:os";

/**
 * Let what serves on this machine go ahead of this process and of those that it starts, the engine among them. Two busy
 * programs outside of all containers otherwise take as much of two cores as all containers together.
 */
export function giveWay(): void {
  const { PRIORITY_BELOW_NORMAL } = constants.priority;
  // Only root may go back to more.
  if (getPriority() < PRIORITY_BELOW_NORMAL) setPriority(PRIORITY_BELOW_NORMAL);
}
