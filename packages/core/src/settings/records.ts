import { z } from "zod";

const strategy = z.enum(["server-wins", "timestamp-wins", "manual", "merge"]);

export const recordsSchema = z.strictObject({
  /** Whether `pnpm records:serve` serves. */
  enabled: z.boolean().default(true),
  /** Nodes of another major version are refused. */
  schemaVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, "must be major.minor.patch")
    .default("1.0.0"),
  /** Where the server listens. The environment's portOffset is added to the port. */
  serveOn: z
    .string()
    .regex(/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\]):\d{1,5}$/, 'must be "address:port", such as 127.0.0.1:8090')
    .default("127.0.0.1:8090"),
  /** Who stands when two wrote the same record without knowing of each other. */
  strategy: strategy.default("server-wins"),
  /** By table, where it is another. */
  strategies: z.record(z.string(), strategy).default({}),
  /** Which rows a node sees, by its code: by table, the columns that must have these texts. Who is not named sees all. */
  filters: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.string()))).default({}),
  /** Deletions are remembered for so many days; who was away for longer fetches everything anew. */
  tombstoneDays: z.int().min(1).max(3_650).default(30),
  /** Versions that lost are kept for so many days. */
  historyDays: z.int().min(1).max(3_650).default(365),
  /** A node's token holds for so many days. */
  tokenDays: z.int().min(1).max(3_650).default(365),
  /** A write may claim to be so many seconds in the future; what claims more is moved back. */
  futureSeconds: z.int().min(0).max(86_400).default(60),
  /** The largest request, MB; what a packet unpacks to may be four times that. */
  largestMegabytes: z.int().min(1).max(1_000).default(16),
  /** What a node that is started from here does. */
  node: z
    .strictObject({
      /** Changes in a packet. */
      batchSize: z.int().min(1).max(10_000).default(100),
      /** How long an answer may take, seconds. */
      packetTimeoutSeconds: z.int().min(1).max(3_600).default(300),
      /** Attempts after the first that failed. */
      maxRetries: z.int().min(0).max(20).default(3),
      /** Between two exchanges, seconds. */
      everySeconds: z.int().min(1).max(86_400).default(300),
      /** Exchange by itself. */
      autoSync: z.boolean().default(true),
      compression: z.boolean().default(true),
    })
    .prefault({}),
});
