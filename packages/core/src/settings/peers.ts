import { z } from "zod";

const tableId = z.string().regex(/^[^.\s]+\.[^.]+$/, 'must be "schema.table"');
const addressRange = z
  .string()
  .regex(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/, "must be an address, or a range such as 192.168.0.0/24");

export const peersSchema = z.strictObject({
  /** How other servers call this one. Default: the machine's name. */
  serverName: z
    .string()
    .regex(/^[\w .-]{1,60}$/, "must be letters, digits, spaces, dots and dashes")
    .optional(),
  /** Where the agent listens. The environment's portOffset is added to the port. */
  agentOn: z
    .string()
    .regex(/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:]+\]):\d{1,5}$/, 'must be "address:port", such as 0.0.0.0:8095')
    .default("127.0.0.1:8095"),
  /** Under which address peers reach it, when it is not what it listens on, e.g. behind the edge. */
  publicUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Its certificate and key, PEM, relative to the installation. Without: plain HTTP, for this machine or a proxy before it. */
  certificate: z.string().optional(),
  certificateKey: z.string().optional(),
  /** Addresses that may speak to `/api/sync`. */
  allowFrom: z
    .array(addressRange)
    .default(["127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]),
  /** Let whoever has a token for it (`pnpm peers:token --docker`) through to this server's Docker engine: as much as ssh would. */
  relayDocker: z.boolean().default(false),
  /** `backup`: one moment, in chunks. `http`: pages of rows, which need no room at the source. */
  method: z.enum(["backup", "http"]).default("backup"),
  /** `one-transaction`: a failure leaves the target as it was. `table-by-table`: for huge databases. */
  restore: z.enum(["one-transaction", "table-by-table"]).default("one-transaction"),
  /** Size of a chunk, MB. */
  chunkMegabytes: z.int().min(1).max(256).default(8),
  /** Chunks that are under way at once. */
  chunksAtOnce: z.int().min(1).max(16).default(4),
  /** Megabits a second that a full sync may send or take here, whoever began it; 0: all there is. */
  megabitsPerSecond: z.number().min(0).default(0),
  /** A network that is gone is tried again for so long, minutes; so is a peer waited for. */
  patienceMinutes: z.number().min(0.05).max(1_440).default(10),
  /** Tables that neither leave this server nor are written here by a full sync, whoever begins it. */
  leaveOut: z.array(tableId).default([]),
  /** Rows of demo data, which are not sent: SQL over the table's own columns. */
  demo: z.array(z.strictObject({ table: tableId, where: z.string().min(1) })).default([]),
  /** Ended sessions are kept for so many days. */
  sessionDays: z.int().min(1).max(3_650).default(365),
  /** Periodic sync with one peer, which is the server of it. */
  periodic: z
    .strictObject({
      /** Its name or node id. None: no periodic sync starts from here. */
      with: z.string().optional(),
      /** Between two exchanges, seconds. */
      exchangeSeconds: z.int().min(1).max(86_400).default(30),
      /** Tables that take part here. */
      tables: z.array(z.string()).default([]),
    })
    .prefault({}),
});
