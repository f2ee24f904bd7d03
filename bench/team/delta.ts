import type { PushReport } from "../../packages/team/src/place/team-push.ts";
import { Developer } from "../../packages/team/test/support/developers.ts";
import { bulk, type Setting, settle, table, tenth } from "./setting.ts";

/** Each changes 1 % of the rows, and leaves them as long as they were. */
const changes = {
  "rows that lie together, as those of a day's work do": "id <= (SELECT max(id) / 100 FROM bulk)",
  "every hundredth row": "id % 100 = 0",
} as const;

/** What the team's place grows by when 1 % of the largest size has changed since the last push. */
export async function delta({ sizes, say }: Setting): Promise<string> {
  const size = Math.max(...sizes);
  await using ann = await Developer.open(27_400);
  const { stage } = ann;
  ann.set(`{ team: shop, place: "${stage.installation.root}/place" }`);
  say(`filling ${size} MB`);
  await stage.sql("app", bulk(size));
  const push = async () => {
    await settle(stage);
    return await stage.installation.json<PushReport>("team:push");
  };
  const first = await push();
  const lines = [
    ["everything, the first time", tenth(first.bytes / 1e6), tenth(first.added / 1e6), "100.0", tenth(first.seconds)],
  ];
  for (const [what, where] of Object.entries(changes)) {
    await stage.sql("app", `UPDATE bulk SET noise = reverse(noise) WHERE ${where}`);
    say(`pushing after a change of ${what}`);
    const { bytes, added, seconds } = await push();
    lines.push([what, tenth(bytes / 1e6), tenth(added / 1e6), tenth((100 * added) / first.added), tenth(seconds)]);
  }
  return [
    "### What a shared place takes after 1 % has changed",
    "",
    "Pushed one after the other. restic compresses what it stores: the share is of what the first push stored.",
    "",
    table(["changed", "read, MB", "stored, MB", "% of the first", "s"], lines),
  ].join("\n");
}
