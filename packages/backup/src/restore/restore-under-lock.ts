import type { Journal } from "@understudy/core";
import type { Side } from "@understudy/data";
import { setVariable } from "@understudy/environment";
import type { StoredBackup } from "../read-backup.ts";
import { adoptApiKey } from "./adopt-api-key.ts";
import { chooseParts, restoreParts } from "./choose-parts.ts";
import { restoreData, type Swapping } from "./restore-data.ts";

/** All data of a backup back, for verbs that hold the environment's lock already. @throws UserError; what ran before runs on then. */
export async function restoreUnderLock(
  side: Side,
  { manifest, files }: StoredBackup,
  journal: Journal,
  { finish, swap }: Swapping,
): Promise<void> {
  const { envFile } = side.stack;
  const { N8N_API_KEY: present } = envFile.values;
  await restoreData(side, manifest, chooseParts(side.stack, manifest, restoreParts), journal, {
    finish,
    swap: async (prepared) => {
      // The services are proven with it.
      adoptApiKey(side.stack, files);
      try {
        await swap(prepared);
      } catch (error) {
        if (present) setVariable(envFile.path, "N8N_API_KEY", present);
        throw error;
      }
    },
  });
}
