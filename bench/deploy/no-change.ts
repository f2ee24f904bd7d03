import { measure } from "./measure.ts";
import { phaseCollector } from "./phases.ts";
import { type Row, rowOf, type Section } from "./report.ts";
import type { Rivals } from "./rivals.ts";

/** Everything up and healthy, nothing to do. */
export async function compareNoChange(rivals: Rivals, runs: number, say: (line: string) => void): Promise<Section> {
  const all = [rivals.ours, rivals.compose, ...rivals.oursOtherwise];
  say("no change: bringing both stacks up");
  for (const rival of [rivals.ours, rivals.compose]) {
    await measure(rival.up);
    await rivals.answering(rival);
  }
  for (const rival of all) await measure(rival.up);
  const phases = phaseCollector(rivals);
  const taken = new Map(all.map((rival) => [rival, [] as Row["runs"][number][]]));
  for (let run = 0; run < runs; run++) {
    for (const rival of run % 2 ? all.toReversed() : all) {
      taken.get(rival)?.push(await measure(rival.up));
      if (rival === rivals.ours) phases.collect();
      else phases.skip();
    }
    say(`no change: run ${run + 1} of ${runs}`);
  }
  await rivals.compose.remove();
  const v2 = rivals.composeV2;
  if (v2) {
    await measure(v2.up);
    await rivals.answering(v2);
    for (let run = 0; run < runs; run++) taken.set(v2, [...(taken.get(v2) ?? []), await measure(v2.up)]);
    await v2.remove();
  }
  await rivals.ours.remove();
  const rows = [...taken].map(([{ name }, measured]) => rowOf(name, measured));
  return { title: "No change", peer: rivals.compose.name, rows, phases: phases.medians() };
}
