import { UserError } from "@understudy/core";
import { type Connection, copyOut } from "@understudy/postgres";
import { inParallel } from "../../in-parallel.ts";
import type { PersonalValues, TablePlan } from "../../plan/table-plan.ts";
import { FingerprintLines } from "./fingerprint-lines.ts";
import type { Fingerprints } from "./fingerprints.ts";
import { fingerprintsSql } from "./forms-sql.ts";
import { Hasher } from "./hash-bytes.ts";

/** A place of production that holds personal values. */
export interface PersonalPlace {
  readonly plan: TablePlan;
  readonly personal: PersonalValues;
}

/** Where plans say that personal values are. */
export function personalPlaces(plans: readonly TablePlan[]): PersonalPlace[] {
  return plans.flatMap((plan) =>
    plan.columns.flatMap(({ personal }) => personal.map((values) => ({ plan, personal: values }))),
  );
}

/** About how many values they hold, for the size of {@link Fingerprints}. */
export function expectedValues(plans: readonly TablePlan[]): number {
  // A table that was never analyzed says nothing of its rows.
  const rows = ({ table }: TablePlan) => (table.estimatedRows >= 0 ? table.estimatedRows : table.bytes / 100);
  return personalPlaces(plans).reduce((sum, { plan }) => sum + rows(plan), 0);
}

/** Values that masks give whatever goes in: no sign of a leak, should production have the same. */
export function maskedConstants(plans: readonly TablePlan[]): string[] {
  return personalPlaces(plans).flatMap(({ personal }) => personal.constants);
}

/**
 * Have production compute the fingerprints of all its personal values, several places at a time; only these leave it.
 * @param readers sessions of one snapshot, each used by this alone meanwhile.
 * @throws UserError when the server hashes otherwise than this process.
 */
export async function collectFingerprints(
  fingerprints: Fingerprints,
  readers: readonly Connection[],
  plans: readonly TablePlan[],
  options: { readonly onProgress?: (values: number) => void; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const [reader] = readers;
  if (!reader) throw new Error("nothing to read with");
  await refuseOtherHash(reader, fingerprints.seed);
  const [server] = await reader.query<{ encoding: string }>(
    "SELECT pg_catalog.current_setting('server_encoding') AS encoding",
  );
  const encoding = server?.encoding ?? "UTF8";
  await inParallel(readers, personalPlaces(plans), async (session, { plan, personal }) => {
    const lines = new FingerprintLines(fingerprints);
    for await (const chunk of copyOut(session, fingerprintsSql(plan.table, personal, fingerprints.seed, encoding))) {
      options.signal?.throwIfAborted();
      lines.read(chunk);
      options.onProgress?.(lines.takeCount());
    }
  });
}

/** A server of another architecture could hash otherwise; nothing would ever be found then. */
async function refuseOtherHash(reader: Connection, seed: bigint): Promise<void> {
  const probe = Buffer.from("a text of more than two dozen bytes");
  const [row] = await reader.query<{ hash: string }>(
    `SELECT pg_catalog.hashtextextended($1::text COLLATE "C", $2::bigint)::text AS hash`,
    [probe.toString(), seed.toString()],
  );
  const hasher = new Hasher(seed);
  hasher.hash(probe, 0, probe.length);
  const own = BigInt.asIntN(64, (BigInt(hasher.high) << 32n) | BigInt(hasher.low >>> 0));
  if (row?.hash === own.toString()) return;
  throw new UserError(
    "Production's Postgres computes hashes in its own way, so the copy cannot be searched for leaks",
    {
      next: "This needs a server of a little-endian architecture, such as x86-64 or arm64",
    },
  );
}
