import { z } from "zod";
import type { Change, Result, Served } from "./change.ts";

export const packetFormat = 1;

/** The most changes that a packet or an answer may hold. */
export const largestBatch = 10_000;

const version = z.int().min(0);
const row = z.record(z.string().max(63), z.string().nullable());
const key = { entity_type: z.string().min(1).max(63), entity_uuid: z.guid().toLowerCase() };

const changeSchema: z.ZodType<Change> = z.strictObject({
  ...key,
  operation: z.enum(["INSERT", "UPDATE", "DELETE"]),
  base_version: version,
  stamp: z.string().regex(/^\d{1,19}$/, "must be decimal digits"),
  changed: z.array(z.string().max(63)).max(1_600).nullable(),
  data: row.nullable(),
});

export const packetSchema = z.strictObject({
  format: z.literal(packetFormat),
  schema_version: z.string().regex(/^\d{1,9}\.\d{1,9}\.\d{1,9}$/, "must be major.minor.patch"),
  node_id: z.guid().toLowerCase(),
  sent_at: z.iso.datetime(),
  /** 0 when there are no changes. */
  packet_no: version,
  content_hash: z.string().regex(/^([0-9a-f]{64})?$/, "must be SHA-256 in hex"),
  changes: z.array(changeSchema).max(largestBatch),
  acknowledged: version,
  answer_no: version,
  cursor: version,
  watermark: version,
  whole: z.boolean(),
  limit: z.int().min(1).max(largestBatch),
});

/** What a node sends. */
export type Packet = z.infer<typeof packetSchema>;

export const answerSchema = z.object({
  format: z.literal(packetFormat),
  schema_version: z.string(),
  server_time: z.iso.datetime(),
  packet_no: version,
  received_packet_no: version,
  acknowledges: version,
  results: z.array(
    z.object({
      ...key,
      status: z.enum(["accepted", "merged", "rejected", "parked"]),
      version,
      data: row.nullable().optional(),
      deleted: z.boolean().optional(),
      conflict_id: z.string().optional(),
      reason: z.string().optional(),
    }),
  ) as z.ZodType<readonly Result[]>,
  changes: z.array(
    z.object({
      ...key,
      version,
      stamp: z.string(),
      deleted: z.boolean(),
      data: row.nullable(),
      parked: z.boolean().optional(),
    }),
  ) as z.ZodType<readonly Served[]>,
  cursor: version,
  more: z.boolean(),
  purged_before: version,
  resync: z.string().optional(),
});

/** What the server answers. `acknowledges` is 0 where the packet had no changes. */
export type Answer = z.infer<typeof answerSchema>;

/** @returns the answer, or why it is none: what a proxy in between says is not taken for the server's word. */
export function readAnswer(data: unknown): Answer | string {
  const parsed = answerSchema.safeParse(data);
  return parsed.success ? parsed.data : explainIssue(parsed.error);
}

/** `changes.0.stamp: must be decimal digits`. */
export function explainIssue({ issues: [issue] }: z.ZodError): string {
  return issue ? `${issue.path.join(".") || "packet"}: ${issue.message}` : "not understood";
}
