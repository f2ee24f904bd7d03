import { z } from "zod";
import { place } from "./place.ts";

/** A folder on a server that is reached through its agent. */
const placeOfAgent = z
  .string()
  .regex(/^agent:\/\/[^\s/@:]+:\d{1,5}\/[^\s:/][^\s:]*$/, "must be agent://host:port/folder")
  .refine((text) => !text.split("/").includes(".."), 'must not go up with ".."');

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, "must be lower-case letters, digits and dashes, starting with a letter");

export const teamSchema = z.strictObject({
  /** Archives and snapshots of other teams are refused. */
  team: name.default("team"),
  /** Where snapshots are shared, as restic names it, or on a server behind its agent; it lies in a folder of the team's name. None: archives go by hand. */
  place: z.union([placeOfAgent, place]).optional(),
  /** age recipients of teammates: who can read an encrypted archive. None: whoever has the passphrase, or the team's key. */
  recipients: z.array(z.string().regex(/^age1[0-9a-z]{20,}$/, "must be an age recipient, age1…")).default([]),
  /** Where archives are written, and looked for, below the installation. */
  folder: z
    .string()
    .regex(/^[\w][\w./-]*$/, "must be a folder below the installation")
    .refine((path) => !path.split("/").includes(".."), 'must not go up with ".."')
    .default("team-sync-exports"),
  /** An archive that unpacks to more is refused, GB. */
  largestGigabytes: z.int().min(1).max(10_000).default(100),
  /** How long a database or n8n may take to answer, with ever longer waits between tries, seconds. */
  answerSeconds: z.int().min(1).max(3_600).default(60),
  /** How long an export may take, and an import until the swap, minutes. */
  runMinutes: z.int().min(1).max(1_440).default(60),
  /** When `pnpm team:schedule` exports, local time. */
  exportAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day such as 12:30")
    .default("12:30"),
});
