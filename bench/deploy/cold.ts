import { type Measured, measure } from "./measure.ts";
import { phaseCollector } from "./phases.ts";
import { rowOf, type Section } from "./report.ts";
import type { Rival, Rivals } from "./rivals.ts";

/** Images are there; no container, network or volume is. Until the command has ended and every address answers. */
export async function compareCold(rivals: Rivals, runs: number, say: (line: string) => void): Promise<Section> {
  const { ours, compose, composeV2 } = rivals;
  const all = [ours, compose, ...(composeV2 ? [composeV2] : [])];
  await ours.remove();
  const phases = phaseCollector(rivals);
  const taken = new Map(all.map((rival) => [rival, [] as Measured[]]));
  for (let run = 0; run < runs; run++) {
    for (const rival of run % 2 ? all.toReversed() : all) {
      phases.skip();
      const cold = await coldStart(rivals, rival);
      if (rival === ours) phases.collect();
      taken.get(rival)?.push(cold);
      say(`cold: run ${run + 1} of ${runs}, ${rival.name}: ${(cold.took / 1_000).toFixed(1)} s`);
      await rival.remove();
    }
  }
  const rows = [...taken].map(([{ name }, measured]) => rowOf(name, measured));
  return { title: "Cold, until every address answers", peer: compose.name, rows, phases: phases.medians() };
}

async function coldStart(rivals: Rivals, rival: Rival): Promise<Measured> {
  const began = performance.now();
  const [{ memory }] = await Promise.all([measure(rival.up), rivals.answering(rival)]);
  return { took: performance.now() - began, memory };
}
