import { z } from "zod";
import { hasPassword } from "../redact.ts";

const host = String.raw`(?:[A-Za-z0-9][\w.-]*|\[[0-9A-Fa-f:]+\])`;
const places = [
  // A colon would end the path where the engine binds it.
  String.raw`/[^\s:]*[^\s:/][^\s:]*`,
  String.raw`s3:https?://${host}(?::\d+)?/[^\s/]+(?:/\S*)?`,
  String.raw`sftp:[A-Za-z_][\w.-]*@${host}:\S+`,
  String.raw`sftp://[A-Za-z_][\w.-]*@${host}(?::\d+)?/\S+`,
];

const kept = z.int().min(0).max(1_000);

export const backupSchema = z.strictObject({
  /** Where backups are stored: a folder of the environment's own host, or another place, as restic names it. */
  repository: z
    .string()
    .refine(
      (place) => !hasPassword(place),
      "has a password in it, and this file is committed. Put AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY into .env.<environment>",
    )
    .regex(
      new RegExp(`^(?:${places.join("|")})$`),
      "must be an absolute path, s3:https://host/bucket or sftp:user@host:/path",
    )
    .refine((place) => !place.split("/").includes(".."), 'must not go up with ".."')
    .default("/var/backups/understudy"),
  /** Which backups `pnpm backup:prune` leaves: so many of the newest, and the newest of so many days, weeks and months. */
  keep: z
    .strictObject({
      last: z.int().min(1).max(1_000).default(7),
      daily: kept.default(7),
      weekly: kept.default(4),
      monthly: kept.default(6),
    })
    .prefault({}),
});
