import { databaseExists, incomingName } from "@understudy/data";
import type { CopyPlan } from "../plan/plan-copy.ts";
import type { CopyContext } from "../sync-production.ts";
import { prepareService } from "./prepare-service.ts";

/** Make the copies of all services' databases harmless, and staging's own. @throws UserError when one cannot be proven so. */
export async function prepareServices(
  { staging, production }: CopyContext,
  { databases, policy }: CopyPlan,
): Promise<void> {
  await using admin = await staging.server.connect("postgres");
  for (const { source, plan } of databases) {
    // Its service never ran.
    if (plan.tables.length === 0) continue;
    const { database } = source;
    await using opened = new AsyncDisposableStack();
    const hasLive = await databaseExists(admin, database);
    await prepareService(database, {
      production: source.session,
      incoming: opened.use(await staging.server.connect(incomingName(database))),
      live: hasLive ? opened.use(await staging.server.connect(database)) : undefined,
      productionValues: production.stack.envFile.values,
      stagingValues: staging.stack.envFile.values,
      n8n: policy.n8n,
    });
  }
}
