import { describedDatabase } from "@understudy/backup";
import { UserError } from "@understudy/core";
import { z } from "zod";
import { isArchivePath } from "./paths.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const file = z.strictObject({
  /** Below the archive's folder. */
  path: z.string().refine(isArchivePath, "is no path of an archive"),
  bytes: z.int().min(0),
  sha256,
});

/** Counted before the moment and after it: it may have changed while it was counted. */
const beforeAndAfter = z.tuple([z.int().min(0), z.int().min(0)]);

const service = z.strictObject({
  /** As the compose files name it. */
  image: z.string(),
  version: z.string().nullable(),
});

const database = describedDatabase.extend({
  /** Roles that own something in it, or may do something with it. */
  roles: z.array(z.string()),
  /** `schema.name` of tables whose rows belong to an installation and not to its data: keys, sessions. They come empty. */
  leftOut: z.array(z.string()),
  /** The last migration that its service made, where that is known. */
  migration: z.string().nullable(),
});

const workflow = z.strictObject({
  id: z.string(),
  name: z.string(),
  active: z.boolean(),
  /** ISO 8601. */
  updatedAt: z.string(),
  /** Of nodes, connections and settings. */
  sha256,
});

/** A field more or less makes it another one: what a reader does not know, it does not pass over. */
const format = 1;

export const metadataSchema = z.strictObject({
  product: z.literal("understudy"),
  format: z.literal(format),
  /** ISO 8601: the moment that all of it is of. */
  exportDate: z.iso.datetime(),
  exportedBy: z.string(),
  hostname: z.string(),
  understudyVersion: z.string(),
  dockerVersion: z.string(),
  gitCommit: z.string().nullable(),
  team: z.string(),
  environment: z.string(),
  /** The environment file is in it with its secrets; otherwise with names in their places. */
  secrets: z.boolean(),
  /** It may hold personal details as production has them. */
  unmasked: z.boolean(),
  /** The copy of production's data that it is of, and the workflows that may be live in that; null: it is of none. */
  copy: z
    .strictObject({
      id: z.string(),
      at: z.iso.datetime(),
      from: z.string(),
      activeWorkflows: z.array(z.string()),
    })
    .nullable(),
  services: z.record(z.string(), service),
  /** As `server_version_num`. */
  postgres: z.int(),
  databases: z.array(database),
  workflows: z.array(workflow),
  /** How many credentials of n8n's there are. */
  credentials: z.int().min(0),
  /** Null: there is no graph. */
  graph: z.strictObject({ nodes: beforeAndAfter, relationships: beforeAndAfter }).nullable(),
  /** As the compose files name them. */
  volumes: z.array(z.string()),
  /** Stamps of snapshots that the environment's data comes from, the newest first. */
  history: z.array(z.string()),
  /** The archive that this one lies over: files that are not in this one are in that one. Null: it stands alone. */
  since: z.strictObject({ stamp: z.string(), metadata: sha256 }).nullable(),
  /** In the order in which they come; without this file itself. */
  files: z.array(file),
  /** The rest of `files`, as the archive below has them. */
  unchanged: z.array(file),
});

/** Everything that an archive says of itself: its first file, so that every later byte is expected or refused. */
export type Metadata = z.infer<typeof metadataSchema>;
export type ArchivedDatabase = Metadata["databases"][number];
export type ArchivedWorkflow = Metadata["workflows"][number];
export type ArchivedFile = Metadata["files"][number];

/** @throws Error with what is wrong with it, a UserError for those of another format. */
export function parseMetadata(text: string): Metadata {
  const data: unknown = JSON.parse(text);
  refuseOtherFormat(data);
  const parsed = metadataSchema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${issue?.path.join(".")}: ${issue?.message}`, { cause: parsed.error });
  }
  const paths = [...parsed.data.files, ...parsed.data.unchanged].map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice !== undefined) throw new Error(`it names ${twice} twice`);
  return parsed.data;
}

/** Not damaged, but of another time. */
function refuseOtherFormat(data: unknown): void {
  const named = z.object({ product: z.literal("understudy"), format: z.int(), understudyVersion: z.string() });
  const { success, data: found } = named.safeParse(data);
  if (!success || found.format === format) return;
  const older = found.format < format;
  throw new UserError(
    `It was exported by Understudy ${found.understudyVersion}, in format ${found.format}; this one reads ${format}`,
    { next: older ? "Ask its sender to update, and to export again" : "Update first: git pull" },
  );
}

/** Bytes of everything that is in an archive, unpacked. */
export function unpackedSize({ files }: Pick<Metadata, "files">): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
