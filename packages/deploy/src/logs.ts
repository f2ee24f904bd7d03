import { existsSync } from "node:fs";
import { replicaLabel } from "@understudy/compose";
import { type ContainerInspectInfo, openEngine, UserError } from "@understudy/core";
import {
  chooseTarget,
  type EnvironmentChoice,
  readEnvironmentFile,
  serviceOf,
  type Target,
  takeSnapshot,
} from "@understudy/environment";
import { linesTogether } from "./lines-together.ts";

export interface LogsRequest extends EnvironmentChoice {
  /** As named in the compose files, or one container of several: `n8n-worker-2`. */
  readonly service: string;
  readonly follow: boolean;
  /** Lines from the end to begin with, of each container. */
  readonly tail: number;
}

export interface LogLine {
  /** Its container's whole name. */
  readonly container: string;
  readonly line: string;
  /** For people: with the container's name before it where the service has several. */
  readonly shown: string;
}

/**
 * Yield the lines that a service's containers printed, secrets redacted; with `follow`, until the last of them ends.
 * @throws UserError naming the services that exist.
 */
export async function* serviceLogs(request: LogsRequest): AsyncGenerator<LogLine> {
  const target = chooseTarget(request);
  const { environment, installation } = target;
  if (existsSync(installation.envFile(environment.name))) readEnvironmentFile(target);
  await using engine = await openEngine(environment);
  const { containers } = await takeSnapshot(engine, environment.stackName);
  const meant = containersMeant([...containers.values()], request.service, target);
  const names = new Map(meant.map((info) => [info.Id, shortName(info, target)]));
  const width = Math.max(...[...names.values()].map(({ length }) => length));
  for await (const { info, line } of linesTogether(engine, meant, request)) {
    const name = names.size > 1 ? `${names.get(info.Id)?.padEnd(width)} | ` : "";
    yield { container: info.Name.slice(1), line, shown: `${name}${line}` };
  }
}

/** All of a service, or the one that has the name. */
function containersMeant(all: readonly ContainerInspectInfo[], name: string, target: Target): ContainerInspectInfo[] {
  const ofService = all.filter((info) => wholeService(info) === name);
  const meant = ofService.length ? ofService : all.filter((info) => shortName(info, target) === name);
  if (meant.length) return meant.sort((a, b) => a.Name.localeCompare(b.Name, "en", { numeric: true }));
  const { name: environment, kind } = target.environment;
  const services = [...new Set(all.map(wholeService))].sort();
  throw new UserError(`${environment} runs no service "${name}"`, {
    next: services.length ? `It runs: ${services.join(", ")}` : `Deploy it: pnpm deploy:${kind}`,
  });
}

function wholeService(info: ContainerInspectInfo): string {
  return info.Config.Labels[replicaLabel] ?? serviceOf(info);
}

/** A container's name without its stack's. */
function shortName({ Name }: ContainerInspectInfo, { environment: { stackName } }: Target): string {
  return Name.slice(1).replace(`${stackName}-`, "");
}
