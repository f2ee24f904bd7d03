import { call, type Seen } from "./callers.ts";
import { type BenchStage, places } from "./stage.ts";
import { table } from "./table.ts";

export interface ReplicasRequest {
  readonly counts: readonly number[];
  readonly callers: number;
  readonly seconds: number;
}

/** What the service does with a request, by its path. */
const works = { waits: "waits 50 ms", computes: "computes 5 ms" } as const;

/** Requests a second through the edge by number of replicas, on one machine and on the swarm: Markdown. */
export async function compareReplicas(
  stage: BenchStage,
  { counts, callers, seconds }: ReplicasRequest,
  say: (line: string) => void,
): Promise<string> {
  const rows: string[][] = [];
  for (const [where, environment, machine] of [
    ["one host", places.oneHost, 4],
    ["a swarm of three", places.swarm, 1],
  ] as const) {
    await stage.installation.json("deploy:staging", "--environment", environment);
    const base: Partial<Record<string, Seen>> = {};
    for (const count of counts) {
      await stage.installation.json("scale", `app=${count}`, "--environment", environment);
      const cells: string[] = [];
      for (const [path, what] of Object.entries(works)) {
        const url = `http://${stage.machine(machine).address}:8000/${path}`;
        const seen = await onceAllAnswer(url, count, { callers, seconds });
        base[path] ??= seen;
        say(`${where}, ${count} replicas, ${what}: ${seen.perSecond.toFixed(0)} a second, ${seen.failed} failed`);
        cells.push(
          seen.perSecond.toFixed(0),
          (seen.perSecond / base[path].perSecond).toFixed(2),
          seen.median.toFixed(0),
          seen.p99.toFixed(0),
          String(seen.failed),
        );
      }
      rows.push([where, String(count), ...cells]);
    }
    await stage.installation.json("destroy:staging", "--environment", environment, "--volumes", "--yes");
  }
  const head = Object.values(works).flatMap((what) => [`${what}: a second`, "ratio", "p50 ms", "p99 ms", "failed"]);
  return table(["", "replicas", ...head], rows);
}

/** The edge takes a moment to find a replica, or to miss one. */
async function onceAllAnswer(url: string, count: number, rest: { callers: number; seconds: number }): Promise<Seen> {
  for (let tries = 0; tries < 30; tries++) {
    const { hosts } = await call({ url, callers: rest.callers, seconds: 1 });
    if (hosts !== count) continue;
    return await call({ url, ...rest });
  }
  throw new Error(`${url} is not answered by ${count} replicas`);
}
