import { type Connection, carryRows } from "@understudy/postgres";

/** Make a teammate's Open WebUI this environment's: its own settings, and its administrator's login and API keys for theirs. */
export async function adaptOpenWebui(incoming: Connection, live: Connection | undefined, email: string): Promise<void> {
  if (!live) return;
  await carryRows(live, incoming, { table: "config" });
  const [own, theirs] = [await administrator(live, email), await administrator(incoming, email)];
  if (!own || !theirs) return;
  await incoming.query("BEGIN");
  try {
    for (const table of ["public.auth", `public."user"`]) {
      await incoming.query(
        `UPDATE ${table} SET email = id || '@replaced.invalid' WHERE lower(email) = lower($1) AND id <> $2`,
        [own.email, theirs.id],
      );
      await incoming.query(`UPDATE ${table} SET email = $1 WHERE id = $2`, [own.email, theirs.id]);
    }
    await incoming.query("UPDATE public.auth SET password = $1 WHERE id = $2", [own.password, theirs.id]);
    await carryRows(live, incoming, {
      table: "api_key",
      where: "user_id = $1",
      values: [own.id],
      changed: { user_id: theirs.id },
    });
    await incoming.query("COMMIT");
  } catch (error) {
    await incoming.query("ROLLBACK");
    throw error;
  }
}

/** The one of the environment file, or the first that there was. */
async function administrator(session: Connection, email: string) {
  const [row] = await session.query<{ id: string; email: string; password: string }>(
    `SELECT u.id, u.email, a.password FROM public."user" u JOIN public.auth a ON a.id = u.id WHERE u.role = 'admin'
     ORDER BY lower(u.email) = lower($1) DESC, u.created_at LIMIT 1`,
    [email],
  );
  return row;
}
