import { dependencyOrder } from "@understudy/compose";
import type { Engine } from "@understudy/core";
import { type Endpoint, endpoints } from "@understudy/environment";
import { containerName } from "@understudy/stacks/names";
import { answersHere } from "./healthy/answers-here.ts";
import { awaitEndpoint } from "./healthy/await-endpoint.ts";
import { whenHealthy } from "./healthy/when-healthy.ts";
import { type ServiceReport, serviceReports } from "./report/deploy-report.ts";
import { doorsOf } from "./swarm/doors.ts";
import type { Report, Work } from "./work.ts";

/** Every service healthy inside, and answering through the edge. @throws Unhealthy, or UserError for an endpoint. */
export async function verifyStack(work: Work, report: Report): Promise<ServiceReport[]> {
  const { engine, session, candidate, log, healthTimes } = work;
  const { model, environment } = candidate.desired;
  const timeout = environment.healthTimeoutSeconds * 1_000;
  const reachable = endpoints(model, environment.host);
  const asked = await whereAsked(engine, reachable);
  const began = performance.now();
  const waiting = new Set(dependencyOrder(model));
  const failed = new AbortController();
  await Promise.all(
    [...waiting].map(async (service) => {
      const endpoint = engine.remote ? undefined : reachable.find((one) => one.service === service);
      const seconds = await whenHealthy(engine, candidate, {
        service,
        container: containerName(environment.stackName, service),
        timeout,
        signal: failed.signal,
        ...(endpoint ? { answers: () => answersHere(endpoint) } : {}),
      }).catch((error) => {
        failed.abort(error);
        throw error;
      });
      healthTimes.note(service, seconds);
      waiting.delete(service);
      log.info({ service, took: Math.round(performance.now() - began) }, "healthy");
      report(waiting.size ? `waiting for ${[...waiting].join(", ")}` : "all services are healthy");
    }),
  );
  await Promise.all(
    asked.map(async (endpoint) => {
      const answered = !engine.remote && (await answersHere(endpoint));
      if (!answered) await awaitEndpoint(session, endpoint, 60_000);
    }),
  );
  return serviceReports(model, reachable, candidate.images);
}

/** In a swarm requests come in at several machines; each has to answer. */
async function whereAsked({ fleet }: Engine, reachable: readonly Endpoint[]): Promise<readonly Endpoint[]> {
  if (!fleet) return reachable;
  const { nodes } = await fleet.look();
  return doorsOf(nodes).flatMap(({ address }) =>
    reachable.map((endpoint) => ({ ...endpoint, probe: { ...endpoint.probe, address } })),
  );
}
