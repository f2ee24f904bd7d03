import { UserError } from "@understudy/core";
import { quietSession } from "@understudy/postgres";
import { knownServices } from "./registry.ts";
import type { Fact, ServiceContext, ServiceData } from "./service-data.ts";

/**
 * Make the copy of a service's database harmless and staging's own, in one transaction: afterwards every fact's count is 0, or
 * nothing was changed. A database of no known service is left as it is.
 * @returns the facts that were looked up.
 * @throws UserError for a version that is not known, and when a fact does not hold.
 */
export async function prepareService(database: string, context: ServiceContext): Promise<Fact[]> {
  const service = knownServices.find((known) => known.database === database);
  if (!service) return [];
  const { incoming } = context;
  await service.refuseUnknown(context);
  await quietSession(incoming);
  await incoming.query("BEGIN");
  try {
    await service.prepare(context);
    const facts = await service.proof(context);
    refuse(service, facts);
    await incoming.query("COMMIT");
    return facts;
  } catch (error) {
    await incoming.query("ROLLBACK");
    throw error;
  }
}

function refuse({ database }: ServiceData, facts: readonly Fact[]): void {
  const broken = facts.filter(({ count }) => count > 0);
  if (broken.length === 0) return;
  throw new UserError(
    `The copy of ${database} is not fit for staging: ${broken.map(({ about, count }) => `${count} ${about}`).join(", ")}`,
    { next: "Staging keeps its old data. See docs/staging-safety.md" },
  );
}
