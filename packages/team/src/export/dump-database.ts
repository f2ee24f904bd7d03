import { UserError } from "@understudy/core";
import { failureOf, loggedIn, type Server, type VolumeBox } from "@understudy/data";
import { dumpName } from "../services.ts";

export interface DumpOptions {
  readonly database: string;
  /** As pg_export_snapshot() named it. */
  readonly snapshot: string;
  /** `schema.name` of tables whose rows stay. */
  readonly leftOut: readonly string[];
}

/** Postgres 17.6 and newer write the line that confines psql with a random key: the same rows would give another dump each time. */
const headLength = 512;
const tailLength = 512;

/** A database as SQL, as of a snapshot. The box is on the server's network. @throws UserError in pg_dump's words */
export async function* dumpDatabase(
  box: VolumeBox,
  { beside }: Server,
  { database, snapshot, leftOut }: DumpOptions,
): AsyncGenerator<Buffer> {
  const excluded = leftOut.map((table) => `--exclude-table-data=${dumpName(table)}`);
  const flags = ["--format=plain", "--clean", "--if-exists", `--snapshot=${snapshot}`, ...excluded];
  const { script, args, beginning } = loggedIn(beside, ["pg_dump", ...flags, `--dbname=${database}`]);
  const { input, output, ended } = await box.exec(script, args);
  input.end(beginning);
  yield* withoutRestriction(output());
  const { exitCode, stderr } = await ended();
  if (exitCode !== 0) throw new UserError(failureOf("pg_dump", stderr));
}

/** Take the confining lines out of a dump: an import confines psql itself, by a key that the archive cannot know. */
export async function* withoutRestriction(dump: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  let begun = false;
  for await (const chunk of dump) {
    held = Buffer.concat([held, chunk]);
    if (!begun && held.length < headLength) continue;
    if (!begun) held = without(/^\\restrict \w+\n/m, held);
    begun = true;
    const ready = held.length - tailLength;
    if (ready <= 0) continue;
    yield held.subarray(0, ready);
    held = held.subarray(ready);
  }
  if (!begun) held = without(/^\\restrict \w+\n/m, held);
  yield without(/^\\unrestrict \w+\n+$/m, held);
}

/** In the first or the last bytes: whatever they hold, Latin-1 gives it back. */
function without(line: RegExp, bytes: Buffer): Buffer {
  const text = bytes.toString("latin1");
  const edge = line.source.includes("unrestrict") ? text : text.slice(0, headLength);
  return Buffer.from(edge.replace(line, "") + text.slice(edge.length), "latin1");
}
