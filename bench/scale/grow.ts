import { type Measured, measure, median } from "../deploy/measure.ts";
import { table } from "../swarm/table.ts";
import { ScaleStage, type Verb } from "./stage.ts";

export type Grows = "services" | "environments";

export interface GrowRequest {
  readonly grows: Grows;
  /** Ascending. */
  readonly sizes: readonly number[];
  /** Of what does not grow. */
  readonly others: number;
  readonly runs: number;
}

/** A size, and what it takes: medians, ms; bytes. */
interface Size {
  readonly size: number;
  readonly first: number;
  readonly took: Readonly<Record<Verb, number>>;
  readonly memory: number;
}

const verbs = ["deploy", "status", "health"] as const;

/** What a first deploy, one of no change, a status and a round of checks take as the installation grows, and by how much for each more: Markdown. */
export async function grow(request: GrowRequest, say: (line: string) => void): Promise<string> {
  const sizes: Size[] = [];
  for (const size of request.sizes) {
    sizes.push(await measureSize(request, size));
    say(`${size} ${request.grows}`);
  }
  const columns: [string, (of: Size) => number][] = [
    ["first deploy", ({ first }) => first],
    ["no change", ({ took }) => took.deploy],
    ["`status`", ({ took }) => took.status],
    ["`health:check`", ({ took }) => took.health],
  ];
  const rows = sizes.map((of) => [
    String(of.size),
    ...columns.map(([, value]) => (value(of) / 1_000).toFixed(2)),
    String(Math.round(of.memory / 1_048_576)),
  ]);
  const slopes = columns.map(([, value]) => (slope(sizes, value) / 1_000).toFixed(3));
  const memory = (slope(sizes, ({ memory }) => memory) / 1_048_576).toFixed(1);
  return table(
    [request.grows, ...columns.map(([name]) => `${name} s`), "peak MiB"],
    [...rows, ["each more", ...slopes, memory]],
  );
}

async function measureSize({ grows, others, runs }: GrowRequest, size: number): Promise<Size> {
  await using stage = new ScaleStage(
    grows === "services" ? { services: size, environments: others } : { services: others, environments: size },
  );
  const firsts: Measured[] = [];
  for (const name of stage.environments) firsts.push(await measure(stage.command("deploy", name)));
  const last = stage.environments.at(-1) ?? "";
  const taken: Record<Verb, Measured[]> = { deploy: [], status: [], health: [] };
  for (const verb of verbs) await measure(stage.command(verb, last));
  for (let run = 0; run < runs; run++)
    for (const verb of verbs) taken[verb].push(await measure(stage.command(verb, last)));
  const took = (of: readonly Measured[]) => median(of.map(({ took }) => took));
  return {
    size,
    first: took(firsts.slice(-1)),
    took: { deploy: took(taken.deploy), status: took(taken.status), health: took(taken.health) },
    memory: Math.max(...[...firsts, ...Object.values(taken).flat()].map(({ memory }) => memory)),
  };
}

/** Least squares. */
function slope(sizes: readonly Size[], value: (of: Size) => number): number {
  const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
  const [x, y] = [mean(sizes.map(({ size }) => size)), mean(sizes.map(value))];
  const over = sizes.reduce((sum, of) => sum + (of.size - x) * (value(of) - y), 0);
  return over / sizes.reduce((sum, { size }) => sum + (size - x) ** 2, 0);
}
