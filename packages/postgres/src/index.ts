export { type Carried, carryRows, readRows } from "./carry-rows.ts";
export type {
  Catalog,
  CheckConstraint,
  Column,
  Extension,
  ForeignKey,
  Sequence,
  Table,
  Trigger,
  TypeShape,
  UniqueIndex,
} from "./catalog/catalog.ts";
export { readCatalog } from "./catalog/read-catalog.ts";
export { type Connection, type ConnectOptions, connect } from "./connect.ts";
export { type CopySource, type CopyTarget, copyAcross } from "./copy/copy-across.ts";
export { copyIn } from "./copy/copy-in.ts";
export { copyOut } from "./copy/copy-out.ts";
export { PostgresError } from "./postgres-error.ts";
export { quietSession } from "./quiet.ts";
export { quoteLiteral, quoteName, quoteTable } from "./quote.ts";
export { scramVerifier } from "./scram-verifier.ts";
export { openSnapshot, type Snapshot } from "./snapshot.ts";
export { type Digest, type DigestedRows, readDigest } from "./verify/digest.ts";
export { readSequences, type SequenceState, sequenceProblems } from "./verify/sequences.ts";
export { readStructure, type Structure, structureProblems } from "./verify/structure.ts";
export { valueHash } from "./verify/value-hash.ts";
