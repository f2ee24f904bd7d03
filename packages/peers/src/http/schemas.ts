import { z } from "zod";
import { planSchema } from "../plan/plan.ts";
import { jobNames } from "../remote/jobs.ts";
import {
  backupRequestSchema,
  pageRequestSchema,
  restoreRequestSchema,
  rowCountsSchema,
  tableReportSchema,
} from "../side/side.ts";
import { phases } from "../types.ts";

const sessionId = z.uuid();
/** Text that people write. */
const plain = z
  .string()
  .min(1)
  .max(100)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/, "must have no control characters");
const token = z.string().regex(/^[\w-]{20,200}$/, "must be a token");
const url = z.url({ protocol: /^https?$/ }).max(500);

export const enrolSchema = z.object({
  nodeId: z.uuid(),
  name: plain,
  kind: z.enum(["production", "staging"]),
  /** Where it can be reached, and what to show there; undefined: it cannot be. */
  back: z.object({ url, token, fingerprint: z.string().max(200).nullable() }).optional(),
  /** Who adds it said that something else encrypts. */
  plain: z.boolean().default(false),
});

export const optionsSchema = z.object({
  compressionEnabled: z.boolean().default(true),
  verifyAfterSync: z.boolean().default(true),
  method: z.enum(["backup", "http"]).optional(),
  plan: z.boolean().optional(),
  steps: z.enum(["one-transaction", "table-by-table"]).optional(),
});

export const beginSchema = z.object({
  sessionId,
  direction: z.enum(["pull", "push"]),
  method: z.enum(["backup", "http"]),
  options: optionsSchema,
});

export const endSchema = z.object({
  status: z.enum(["completed", "failed", "cancelled"]),
  message: z.string().max(2_000).optional(),
  outcome: z
    .object({
      rows: rowCountsSchema.nullable(),
      tables: z.array(tableReportSchema),
      notes: z.array(z.string()),
      verified: z.boolean().nullable(),
    })
    .optional(),
});

const percent = z.int().min(0).max(100);
const amount = z.number().min(0);

/** How far the driver is. */
export const progressBodySchema = z.object({
  sessionId,
  phase: z.enum(phases).nullable(),
  currentStep: z.string().max(300),
  progress: percent,
  phaseProgress: percent,
  bytesTransferred: amount,
  totalBytes: amount,
  transferSpeed: amount.nullable(),
  estimatedTimeRemaining: amount.nullable(),
  estimatedCompletion: z.iso.datetime().nullable(),
});

export const sessionQuery = z.object({ sessionId });
export const jobQuery = sessionQuery.extend({ job: z.enum(jobNames).default("backup") });
export const chunkQuery = sessionQuery.extend({ no: z.coerce.number().int().min(1) });

export const compareSchema = z.object({ sessionId, request: z.object({ plan: planSchema }) });
export const initiateBackupSchema = z.object({
  sessionId,
  /** Who backs up: this server. */
  sourceNodeId: z.uuid().optional(),
  request: backupRequestSchema,
});
export const restoreBackupSchema = z.object({
  sessionId,
  /** Whose backup it is: the caller's. */
  sourceNodeId: z.uuid().optional(),
  request: restoreRequestSchema,
});
export const pageBodySchema = pageRequestSchema.extend({ sessionId });

/** The form for small backups: one body, base64. */
export const smallBackupSchema = z.object({
  sessionId,
  backupContent: z.base64(),
  filename: z.string().regex(/^chunk-\d{6,8}$/, 'must be "chunk-" and six digits'),
  table: z.string().max(200),
});

export const addPeerSchema = z.object({ url, token });

export const fullSyncSchema = z.object({
  action: z.enum(["pull", "push"]),
  targetPeer: z.object({
    nodeId: z.string().min(1).max(100),
    ipAddress: z.string().optional(),
    name: z.string().optional(),
  }),
  options: optionsSchema.prefault({}),
});

export const sessionsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.iso.datetime().optional(),
});
export const sessionParams = z.object({ sessionId });
export const logQuery = z.object({ after: z.coerce.number().int().min(0).default(0) });
