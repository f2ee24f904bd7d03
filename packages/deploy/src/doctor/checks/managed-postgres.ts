import { caProblem } from "../../managed/ca.ts";
import type { Context, Finding, ManagedPlace } from "../finding.ts";

/** Each Postgres that somebody else runs, with the CA that it is checked against. Whether it answers is asked from its own Docker host, by a deploy and by the health checks. */
export async function managedPostgres({ probe, managed = [] }: Context): Promise<Finding[]> {
  return await Promise.all(
    managed.map(async (place) => findingOf(place, place.ca && (await caState(place.ca, probe)))),
  );
}

async function caState(file: string, { readText, now }: Context["probe"]): Promise<string | undefined> {
  const text = await readText(file);
  return text === undefined ? "is missing" : caProblem(text, new Date(now()));
}

function findingOf({ environment, place, ca }: ManagedPlace, problem: string | undefined): Finding {
  return {
    name: `postgres-${environment}`,
    title: `Managed Postgres of ${environment}`,
    status: problem ? "failed" : "ok",
    required: true,
    version: place,
    location: ca ?? null,
    needs: ca ? "a CA file that is valid" : "a certificate of an authority that everybody trusts",
    mend: problem ? `${ca} ${problem}: get the present one from the provider` : null,
  };
}
