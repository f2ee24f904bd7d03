import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Container, connectEngine, secrets, UserError } from "@understudy/core";
import { chooseTarget, type EnvironmentChoice } from "./context/prepare.ts";
import { readEnvironmentFile } from "./context/variables.ts";
import { serviceOf, takeSnapshot } from "./live/snapshot.ts";

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
  await using engine = await connectEngine(target.environment.host, target.environment.sshOptions);
  const snapshot = await takeSnapshot(engine, target.environment.stackName);
  const info = [...snapshot.containers.values()].find((candidate) => serviceOf(candidate) === request.service);
  if (!info) {
    const names = [...snapshot.containers.values()].map(serviceOf).sort();
    throw new UserError(`${target.environment.name} runs no service "${request.service}"`, {
      next: names.length ? `It runs: ${names.join(", ")}` : `Deploy it: pnpm deploy:${target.environment.kind}`,
    });
  }
  const lines = new PassThrough();
  const raw = await openLogs(engine.docker.getContainer(info.Id), request);
  if (info.Config.Tty) void pipeline(raw, lines).catch((error) => lines.destroy(error));
  else {
    engine.docker.modem.demuxStream(raw, lines, lines);
    raw.once("end", () => lines.end());
    raw.once("close", () => lines.end());
    raw.once("error", (error) => lines.destroy(error));
  }
  for await (const line of createInterface({ input: lines })) yield secrets.redact(line);
}

async function openLogs(container: Container, { follow, tail }: LogsRequest): Promise<NodeJS.ReadableStream> {
  const shared = { stdout: true, stderr: true, tail };
  if (follow) return await container.logs({ ...shared, follow: true });
  return Readable.from([await container.logs({ ...shared, follow: false })]);
}
