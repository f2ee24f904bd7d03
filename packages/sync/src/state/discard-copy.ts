import { dropDatabase, incomingName } from "@understudy/data";
import { swapOfVolume } from "../swap/swap-of.ts";
import type { CopyContext } from "../sync-production.ts";
import type { CopyFolder } from "./copy-state.ts";

/** Remove what a copy that nobody goes on with left on staging. */
export async function discardCopy(folder: CopyFolder, context: CopyContext): Promise<void> {
  for (const volume of folder.state.volumes) await swapOfVolume(context, volume).discardOld();
  await using admin = await context.staging.server.connect("postgres");
  for (const name of Object.keys(folder.state.databases)) await dropDatabase(admin, incomingName(name));
  folder.update({ phase: "undone" });
}
