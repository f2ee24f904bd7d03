import type { Plan } from "./plan.ts";
import { type OpenStore, openSqlite, type Parts, World } from "./world.ts";

/** Live through a plan. @throws what is wrong at its end, or on the way */
export async function runPlan(
  plan: Plan,
  parts: Parts = {},
  openServer: OpenStore = openSqlite,
  openNode: OpenStore = openSqlite,
): Promise<void> {
  await using world = await World.open(plan, parts, openServer, openNode);
  await world.run();
}
