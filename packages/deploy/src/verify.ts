import { dependencyOrder } from "@understudy/compose";
import { endpoints } from "@understudy/environment";
import { containerName } from "@understudy/stacks/names";
import { answersHere } from "./healthy/answers-here.ts";
import { awaitEndpoint } from "./healthy/await-endpoint.ts";
import { awaitHealthy } from "./healthy/await-healthy.ts";
import { type ServiceReport, serviceReports } from "./report/deploy-report.ts";
import type { Report, Work } from "./work.ts";

/** Every service healthy inside, and answering through the edge. @throws Unhealthy, or UserError for an endpoint. */
export async function verifyStack(work: Work, report: Report): Promise<ServiceReport[]> {
  const { engine, session, candidate, log, healthTimes } = work;
  const { model, environment } = candidate.desired;
  const timeout = environment.healthTimeoutSeconds * 1_000;
  const reachable = endpoints(model, environment.host);
  const began = performance.now();
  const waiting = new Set(dependencyOrder(model));
  const failed = new AbortController();
  await Promise.all(
    [...waiting].map(async (service) => {
      const endpoint = engine.remote ? undefined : reachable.find((one) => one.service === service);
      const seconds = await awaitHealthy(engine, {
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
    reachable.map(async (endpoint) => {
      const answered = !engine.remote && (await answersHere(endpoint));
      if (!answered) await awaitEndpoint(session, endpoint, 60_000);
    }),
  );
  return serviceReports(model, reachable, candidate.images);
}
