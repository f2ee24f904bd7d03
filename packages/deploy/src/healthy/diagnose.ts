import type { ContainerInspectInfo } from "@understudy/core";
import { type Engine, label, secrets, UserError } from "@understudy/core";

const logLines = 15;

/** A service that did not become healthy: what was seen of it, for people. */
export class Unhealthy extends UserError {
  readonly service: string;
  readonly state: string | undefined;
  readonly lastLogLines: readonly string[];

  /** @param info the container as it was last seen, if it was. */
  constructor(service: string, what: string, info: ContainerInspectInfo | undefined, lastLogLines: readonly string[]) {
    const state = info && describeState(info);
    const environment = info?.Config.Labels[label.environment];
    const logs = `pnpm logs ${service}${environment ? ` --environment ${environment}` : ""}`;
    const evidence = [...(state ? [`  state: ${state}`] : []), ...lastLogLines.map((line) => `  | ${line}`)];
    super([`${service} is not healthy: ${what}`, ...evidence].join("\n"), {
      next: `Nothing was taken back. See ${logs}, then run the same command again; it goes on from here`,
    });
    this.service = service;
    this.state = state;
    this.lastLogLines = lastLogLines;
  }
}

/** Look at a container that failed its wait. */
export async function diagnose(
  engine: Engine,
  service: string,
  info: ContainerInspectInfo,
  timeout: number,
): Promise<Unhealthy> {
  const ends = !info.State.Running || info.State.Restarting || info.RestartCount > 0;
  const what = ends ? "it keeps ending" : `no healthy answer within ${Math.round(timeout / 1_000)} s`;
  return new Unhealthy(service, what, info, await lastLogLines(engine, info.Id, logLines));
}

/** Exit code, OOM and restarts in a few words. */
export function describeState(info: ContainerInspectInfo): string {
  const { State } = info;
  return [
    State.Status,
    ...(State.Running ? [] : [`exit code ${State.ExitCode}`]),
    ...(State.OOMKilled ? ["killed for lack of memory (OOM)"] : []),
    `${info.RestartCount} restarts`,
    ...(State.Error ? [State.Error] : []),
  ].join(", ");
}

/** The last lines that a container printed, redacted. */
export async function lastLogLines(engine: Engine, container: string, count: number): Promise<string[]> {
  const info = await engine.docker.getContainer(container).inspect();
  const raw: Buffer = await engine.docker
    .getContainer(container)
    .logs({ stdout: true, stderr: true, tail: count, follow: false });
  const text = info.Config.Tty ? raw.toString() : withoutFrames(raw);
  return secrets.redact(text).trimEnd().split("\n").slice(-count);
}

/** Strip the engine's 8-byte stream headers. */
function withoutFrames(raw: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString();
}
