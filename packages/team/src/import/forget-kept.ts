import { dropDatabase, keptName, type Side, VolumeBox } from "@understudy/data";
import { volumeName } from "@understudy/environment";
import type { Kept } from "../kept.ts";

/** Remove data that was kept from before an import. Does nothing to what is gone already. */
export async function removeKept(
  { engine, server, stack }: Side,
  { databases, volumes }: Pick<Kept, "databases" | "volumes">,
): Promise<void> {
  const { stackName } = stack.environment;
  await using admin = await server.connect("postgres");
  for (const name of databases) await dropDatabase(admin, keptName(name));
  for (const name of volumes) {
    const live = { volume: volumeName(stackName, name), path: "/live", readOnly: false };
    await using box = await VolumeBox.open(engine, stackName, [live]);
    await box.run("rm -rf /live/.understudy-kept");
  }
}
