import { existsSync } from "node:fs";
import { containerLines, openEngine, UserError } from "@understudy/core";
import {
  chooseTarget,
  type EnvironmentChoice,
  readEnvironmentFile,
  serviceOf,
  takeSnapshot,
} from "@understudy/environment";

export interface LogsRequest extends EnvironmentChoice {
  readonly service: string;
  readonly follow: boolean;
  /** Lines from the end to begin with. */
  readonly tail: number;
}

/** Yield the lines that a service printed, secrets redacted; with `follow`, until it ends. @throws UserError naming the services that exist. */
export async function* serviceLogs(request: LogsRequest): AsyncGenerator<string> {
  const target = chooseTarget(request);
  if (existsSync(target.installation.envFile(target.environment.name))) readEnvironmentFile(target);
  await using engine = await openEngine(target.environment);
  const snapshot = await takeSnapshot(engine, target.environment.stackName);
  const info = [...snapshot.containers.values()].find((candidate) => serviceOf(candidate) === request.service);
  if (!info) {
    const names = [...snapshot.containers.values()].map(serviceOf).sort();
    throw new UserError(`${target.environment.name} runs no service "${request.service}"`, {
      next: names.length ? `It runs: ${names.join(", ")}` : `Deploy it: pnpm deploy:${target.environment.kind}`,
    });
  }
  yield* containerLines(engine, info, { follow: request.follow, tail: request.tail });
}
