export {
  addMissingRoles,
  createDatabase,
  createIncomingDatabase,
  type DatabaseProperties,
  databaseExists,
  databaseProperties,
  dropDatabase,
  incomingName,
  joinRole,
  keptName,
  listDatabases,
  returnKeptDatabase,
  takeKeptDatabase,
} from "./databases/incoming.ts";
export { type Graph, openGraph, type Stream } from "./graph/connect.ts";
export { countGraph, graphContainer, graphIn, openGraphOf } from "./graph/open.ts";
export { type Guest, RoomGuard, refuseWithoutRoom, unseenRoom } from "./room/room.ts";
export { openManagedServer } from "./servers/managed-server.ts";
export { nameLost } from "./servers/name-lost.ts";
export { type Server, serverIn } from "./servers/server.ts";
export { serviceContainer } from "./servers/service-container.ts";
export { failureOf, loggedIn } from "./servers/toolbox.ts";
export { untilInputEnds } from "./servers/until-input-ends.ts";
export { openSide, type Side } from "./side.ts";
export { recoverSwap } from "./swap/recover.ts";
export { runningWriters } from "./swap/services.ts";
export {
  discardOld,
  putInPlace,
  type Swap,
  type SwapPhase,
  type SwapRecord,
  startAndProve,
  swapIn,
} from "./swap/swap.ts";
export { SwapFile } from "./swap/swap-file.ts";
export { eachFile } from "./volumes/each-file.ts";
export { type PipedExec, writeTo } from "./volumes/exec-pipe.ts";
export { folders } from "./volumes/folders.ts";
export { createIncomingVolume, incomingVolume, removeContainer, removeIncoming } from "./volumes/incoming.ts";
export { type FileEntry, findSqlite, hashFiles, joinNames, listFiles } from "./volumes/list-files.ts";
export { type VolumeSwap, volumeSwap } from "./volumes/swap.ts";
export { type Mount, VolumeBox } from "./volumes/volume-box.ts";
