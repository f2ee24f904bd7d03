import { UserError } from "@understudy/core";
import { type ConnectOptions, connect } from "@understudy/postgres";

/** Two numbers that nobody else is likely to choose. */
const [space, number] = [0x756e64, 10];

/**
 * Hold a database for one full sync: whoever else wants it, by whichever agent or command, is refused. It is a lock of the server,
 * which ends with the session that holds it, however that ends.
 * @throws UserError while another has it
 */
export async function lockDatabase(options: ConnectOptions): Promise<AsyncDisposable> {
  const session = await connect({ ...options, bulk: true });
  try {
    const [row] = await session.query<{ mine: boolean }>("SELECT pg_catalog.pg_try_advisory_lock($1, $2) AS mine", [
      space,
      number,
    ]);
    if (row?.mine) return session;
    throw new UserError(`Another full sync uses database "${options.database}" on ${options.host}`, {
      next: "Wait for it (pnpm sync:sessions), or pnpm sync:cancel it",
    });
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Whether a full sync has it now. */
export async function isLocked(options: ConnectOptions): Promise<boolean> {
  await using session = await connect(options);
  const [row] = await session.query<{ locked: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = current_database()
      WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = $2 AND l.objsubid = 2 AND l.granted) AS locked`,
    [space, number],
  );
  return row?.locked === true;
}

/** Which database of which server it is, for telling whether two sides are one. */
export async function databaseId(options: ConnectOptions): Promise<string> {
  await using session = await connect(options);
  const [row] = await session.query<{ id: string }>(
    "SELECT system_identifier || '/' || (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) AS id FROM pg_catalog.pg_control_system()",
  );
  return row?.id ?? "";
}
