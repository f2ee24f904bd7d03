export { networkName, volumeName } from "@understudy/stacks/names";
export { connectTo, isShared } from "./book/connect.ts";
export { publish } from "./book/keeper.ts";
export { bookMount, carryBook } from "./book/on-host.ts";
export { type DataFacts, type HeldCopy, readDataFacts, writeDataFacts } from "./data-facts.ts";
export { deployOf, NotDeployed, stackOf } from "./deployed-stack.ts";
export { type Endpoint, endpointLabel, endpoints } from "./endpoints.ts";
export { environmentFlags } from "./flags.ts";
export { forgetJourney, type Journey, readJourney, writeJourney } from "./journey.ts";
export {
  caFile,
  type ManagedDatabase,
  type ManagedPostgres,
  managedPostgres,
  managedPostgresFile,
  postgresUser,
} from "./managed-postgres.ts";
export { type Mutation, type MutationOptions, mutate } from "./mutation.ts";
export type { Profile, ProfileChoice } from "./profile.ts";
export { type Address, containerAddress, openReach, type Reach, toolboxOn } from "./reach.ts";
export { deployedAt, type Recorded, readRecord, recordDeployed, recordedDeployment, recordFiles } from "./recorded.ts";
export type { Release, ResolvedImage, ResolvedImages } from "./release.ts";
export { type RollbackPoint, rollbackPoints } from "./rollback-points.ts";
export { type RunningCount, runningCounts } from "./running-counts.ts";
export { type Replicas, readScale, writeScale } from "./scale.ts";
export { describeState, type Snapshot, type SwarmSnapshot, serviceOf, takeSnapshot } from "./snapshot.ts";
export { type Sources, sharedSources } from "./sources.ts";
export { markSwapBegun, markSwapEnded, migrationsFact, unfinishedSwap } from "./swap-fact.ts";
export {
  chooseTarget,
  composeFiles,
  type DesiredStack,
  desiredStack,
  type EnvironmentChoice,
  resolveProfile,
  type Target,
} from "./target.ts";
export { keptVolumes, transientVolumes } from "./transient.ts";
export {
  type EnvironmentFile,
  fillEnvironmentFile,
  readEnvironmentFile,
  setVariable,
  writeFreshEnvironmentFile,
} from "./variables.ts";
export { atPlace, isSamePlace, placeInWords, type Whereabouts, whereaboutsOf } from "./whereabouts.ts";
