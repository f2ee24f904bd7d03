export { declaredFiles } from "./declared-files.ts";
export type { ReferencedVariable } from "./interpolate-tree.ts";
export { type LoadOptions, loadCompose, referencedVariables } from "./load.ts";
export type * from "./model.ts";
export { dependencyOrder, requiredBy, requires } from "./order.ts";
export { containersOf, expandReplicas, replicaLabel, withoutReplicas } from "./replicas.ts";
export { supportedKeysTable } from "./supported-keys-table.ts";
export { formatBytes, formatDuration, parseBytes, parseDuration } from "./units.ts";
