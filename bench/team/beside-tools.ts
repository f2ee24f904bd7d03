import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import type { ExportReport } from "../../packages/team/src/export/team-export.ts";
import type { ImportReport } from "../../packages/team/src/import/team-import.ts";
import { Developer } from "../../packages/team/test/support/developers.ts";
import { median } from "../deploy/measure.ts";
import { runVerb } from "../promote/run-verb.ts";
import { exportByHand, importByHand } from "./by-hand.ts";
import { bulk, type Setting, settle, table, tenth } from "./setting.ts";

/** One of ours, or one by hand. */
interface Took {
  readonly seconds: number;
  /** Of what is sent. */
  readonly bytes?: number;
  /** Bytes: the most that our process held. */
  readonly memory?: number;
}

type Work = "export" | "import";

/** Exports and imports of one database of Postgres and a small service, beside what a person types; who is first takes turns. */
export async function besideTools({ sizes, runs, say }: Setting): Promise<string> {
  await using ann = await Developer.open(27_000);
  await using bob = await Developer.open(27_200);
  await ann.shareKeyWith(bob);
  const lines: string[][] = [];
  for (const size of sizes) {
    say(`filling ${size} MB`);
    await ann.stage.sql("app", bulk(size));
    const ours: Record<Work, Took[]> = { export: [], import: [] };
    const hands: Record<Work, Took[]> = { export: [], import: [] };
    for (let run = 0; run < runs; run++) {
      const sides = [() => withOurs(ann, bob, ours), () => byHand(ann, bob, hands)];
      for (const side of run % 2 ? sides.reverse() : sides) await side();
      const newest = (["export", "import"] as const).map(
        (work) =>
          `${work} ${tenth(ours[work].at(-1)?.seconds ?? 0)} s, by hand ${tenth(hands[work].at(-1)?.seconds ?? 0)} s`,
      );
      say(`${size} MB, run ${run + 1}: ${newest.join("; ")}`);
    }
    for (const work of ["export", "import"] as const)
      lines.push(lineOf(`${work}, ${size} MB`, size, ours[work], hands[work]));
  }
  return [
    "### Beside pg_dump and pg_restore",
    "",
    "By hand: `pg_dump -Fc` and tar to a file; tar and `pg_restore` into an empty database. Nothing is described, searched for secrets, read again, compared,",
    "swapped or proven healthy, as ours does. Memory is our process's; what Postgres and its tools hold is in their containers on both sides.",
    "",
    table(["", "s", "MB/s", "s by hand", "MB/s by hand", "ratio", "sent, MB", "by hand, MB", "peak memory, MB"], lines),
  ].join("\n");
}

async function withOurs(ann: Developer, bob: Developer, into: Record<Work, Took[]>): Promise<void> {
  await settle(ann.stage, bob.stage);
  const made = await runVerb<ExportReport>(ann.stage, "team:export");
  into.export.push({ seconds: made.seconds, memory: made.memory, bytes: made.report.bytes });
  const folder = bob.file("team-sync-exports");
  mkdirSync(folder, { recursive: true });
  const copy = `${folder}/${basename(made.report.archive)}`;
  copyFileSync(made.report.archive, copy);
  await settle(bob.stage);
  const taken = await runVerb<ImportReport>(bob.stage, "team:import", copy, "--yes");
  into.import.push({ seconds: taken.seconds, memory: taken.memory });
  for (const file of [made.report.archive, copy]) rmSync(file);
}

async function byHand(ann: Developer, bob: Developer, into: Record<Work, Took[]>): Promise<void> {
  await settle(ann.stage, bob.stage);
  into.export.push(await exportByHand(ann));
  await settle(bob.stage);
  into.import.push({ seconds: await importByHand(ann, bob) });
}

function lineOf(name: string, size: number, ours: readonly Took[], hands: readonly Took[]): string[] {
  const seconds = (all: readonly Took[]) => median(all.map((took) => took.seconds));
  const sent = (all: readonly Took[]) => (all[0]?.bytes === undefined ? "" : tenth(all[0].bytes / 1e6));
  const peak = Math.max(...ours.map(({ memory = 0 }) => memory)) / 1e6;
  const [own, other] = [seconds(ours), seconds(hands)];
  return [
    ...[name, tenth(own), tenth(size / own), tenth(other), tenth(size / other), (other / own).toFixed(2)],
    ...[sent(ours), sent(hands), Math.round(peak).toString()],
  ];
}
