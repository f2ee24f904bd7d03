import type { ContainerInspectInfo } from "@understudy/core";
import { type Engine, label, lastLogLines, UserError } from "@understudy/core";
import { describeState } from "@understudy/environment";

const logLines = 15;

/** How far back the cause may be: after it a database prints the whole statement that failed. */
const linesToCause = 200;

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
  return new Unhealthy(service, what, info, tellingLines(await lastLogLines(engine, info.Id, linesToCause)));
}

/** The last lines of a log, after the cause that explains all others, where there is one further up. */
export function tellingLines(lines: readonly string[]): string[] {
  const last = lines.slice(-logLines);
  const cause = lines.slice(0, -logLines).findLast((line) => /No space left on device/i.test(line));
  return cause ? [cause, "…", ...last.slice(2)] : last;
}
