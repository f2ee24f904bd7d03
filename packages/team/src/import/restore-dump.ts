import { randomBytes } from "node:crypto";
import { UserError } from "@understudy/core";
import { failureOf, loggedIn, type Server, type VolumeBox, writeTo } from "@understudy/data";

/** Nobody uses the database yet: a crash loses it, and nothing else. It is made durable at the end. */
const fast = "PGOPTIONS=-c synchronous_commit=off -c maintenance_work_mem=128MB";

/**
 * Run a dump on an empty database. It is SQL of a teammate's and runs as such, but psql itself takes no command from it: the key that
 * would open it to them is made here.
 * @throws UserError in psql's words, without values; or what the dump throws
 */
export async function restoreDump(
  box: VolumeBox,
  server: Server,
  database: string,
  dump: AsyncIterable<Buffer>,
): Promise<void> {
  const psql = [
    "psql",
    "--no-psqlrc",
    "--quiet",
    "--output=/dev/null",
    "--set=ON_ERROR_STOP=1",
    "--set=VERBOSITY=terse",
  ];
  const command = ["env", fast, ...psql, "--single-transaction", `--dbname=${database}`, "--file=-"];
  const { script, args, beginning } = loggedIn(server.beside, command);
  const { input, output, ended } = await box.exec(script, args);
  const printed = Array.fromAsync(output()).catch(() => []);
  const key = randomBytes(16).toString("hex");
  let failure: unknown;
  try {
    await writeTo(input, Buffer.from(`${beginning}\\restrict ${key}\n`));
    for await (const chunk of dump) await writeTo(input, chunk);
    input.end(`\n\\unrestrict ${key}\n`);
  } catch (error) {
    failure = error;
    input.destroy();
  }
  await printed;
  // What the archive says of itself is the cause; that psql ended early is told by psql.
  if (failure instanceof UserError) throw failure;
  const { exitCode, stderr } = await ended();
  if (exitCode !== 0)
    throw new UserError(failureOf("psql", stderr), { next: "The archive is of another version, or was made by hand" });
  if (failure) throw failure;
  await using session = await server.connect("postgres");
  await session.query("CHECKPOINT");
}

/** Copy a database into an empty one beside it, on the server. @throws UserError in the tool's words */
export async function copyDatabase(box: VolumeBox, server: Server, from: string, to: string): Promise<void> {
  const pipe =
    'set -o pipefail; pg_dump --format=custom --compress=none --dbname="$1" | pg_restore --exit-on-error --dbname="$2"';
  const { script, args, beginning } = loggedIn(server.beside, ["bash", "-c", pipe, "bash", from, to]);
  const { input, output, ended } = await box.exec(script, args);
  input.end(beginning);
  await Array.fromAsync(output());
  const { exitCode, stderr } = await ended();
  if (exitCode !== 0) throw new UserError(failureOf("pg_restore", stderr));
}
