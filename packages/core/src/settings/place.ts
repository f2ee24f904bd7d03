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

/** Where restic keeps a repository: a folder of the environment's own host, or another place, as restic names it. */
export const place = z
  .string()
  .refine(
    (text) => !hasPassword(text),
    "has a password in it, and this file is committed. Put AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY into .env.<environment>",
  )
  .regex(
    new RegExp(`^(?:${places.join("|")})$`),
    "must be an absolute path, s3:https://host/bucket or sftp:user@host:/path",
  )
  .refine((text) => !text.split("/").includes(".."), 'must not go up with ".."');
