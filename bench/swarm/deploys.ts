import { type Measured, measure, median } from "../deploy/measure.ts";
import type { BenchStage } from "./stage.ts";
import { table } from "./table.ts";
import { answering, openWays, type Way } from "./ways.ts";

const kinds = ["first deploy", "new version", "no change"] as const;
type Kind = (typeof kinds)[number];
type Taken = Readonly<Record<Kind, Measured[]>>;

/** A first deploy, a new version and a deploy that changes nothing, ours and its peer by turns: Markdown. All stacks are away afterwards. */
export async function compareDeploys(stage: BenchStage, runs: number, say: (line: string) => void): Promise<string> {
  const ways = openWays(stage);
  const taken = new Map(ways.map((way) => [way, { "first deploy": [], "new version": [], "no change": [] } as Taken]));
  for (let run = 0; run < runs; run++) {
    for (const way of run % 2 ? ways.toReversed() : ways) {
      const of = taken.get(way) as Taken;
      of["first deploy"].push(await bring(way, `first-${run}`));
      of["new version"].push(await bring(way, `second-${run}`));
      // What the engines are still busy with is the new version's.
      await measure(way.up);
      of["no change"].push(await measure(way.up));
      say(
        `run ${run + 1} of ${runs}, ${way.name}: ${kinds.map((kind) => seconds(of[kind].at(-1)?.took ?? 0)).join(", ")} s`,
      );
      await way.remove();
    }
  }
  return table(
    ["", ...kinds.flatMap((kind) => [`${kind} s`, "ratio"]), "peak MiB"],
    ways.map((way) => rowOf(way, taken)),
  );
}

/** Until it has ended, and every edge answers with this version alone. */
async function bring(way: Way, version: string): Promise<Measured> {
  way.write(version);
  const began = performance.now();
  const { memory } = await measure(way.up);
  await answering(way, version);
  return { took: performance.now() - began, memory };
}

function rowOf(way: Way, taken: ReadonlyMap<Way, Taken>): string[] {
  const own = taken.get(way) as Taken;
  const peer = [...taken].find(([{ name }]) => name === way.peer)?.[1] ?? own;
  const middle = (of: Taken, kind: Kind) => median(of[kind].map(({ took }) => took));
  const cells = kinds.flatMap((kind) => [
    seconds(middle(own, kind)),
    (middle(own, kind) / middle(peer, kind)).toFixed(2),
  ]);
  const peak = Math.max(...kinds.flatMap((kind) => own[kind].map(({ memory }) => memory)));
  return [way.name, ...cells, String(Math.round(peak / 1_048_576))];
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
