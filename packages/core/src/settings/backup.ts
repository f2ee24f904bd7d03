import { z } from "zod";
import { place } from "./place.ts";

const kept = z.int().min(0).max(1_000);

export const backupSchema = z.strictObject({
  /** Where backups are stored: a folder of the environment's own host, or another place, as restic names it. */
  repository: place.default("/var/backups/understudy"),
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
