import { UserError } from "@understudy/core";
import { type Connection, carryRows } from "@understudy/postgres";
import { lockedPassword } from "../locked-password.ts";
import type { ServiceContext } from "../service-data.ts";

/**
 * Staging's own in the copy: its settings, and its administrator with login and API keys. Nobody else's password works. A user of the
 * copy who has the administrator's address gets another one, as Open WebUI finds people by it.
 * @throws UserError when staging has no administrator: with users in its database Open WebUI makes none.
 */
export async function carryOwn({ incoming, live, stagingValues }: ServiceContext): Promise<void> {
  const admin = live && (await administrator(live, stagingValues.WEBUI_ADMIN_EMAIL ?? ""));
  if (!live || !admin) {
    throw new UserError("Staging's Open WebUI has no administrator whose login could stay", {
      next: "Deploy staging, which makes one, and copy again",
    });
  }
  const { id, email } = admin;
  await incoming.query(`UPDATE public.auth SET password = $1, mfa = NULL, session_stamp = NULL`, [lockedPassword]);
  for (const table of [`public.auth`, `public."user"`]) {
    await incoming.query(`DELETE FROM ${table} WHERE id = $1`, [id]);
    await incoming.query(`UPDATE ${table} SET email = id || '@replaced.invalid' WHERE lower(email) = lower($1)`, [
      email,
    ]);
  }
  await carryRows(live, incoming, { table: "user", where: "id = $1", values: [id] });
  await carryRows(live, incoming, { table: "auth", where: "id = $1", values: [id] });
  await carryRows(live, incoming, { table: "api_key", where: "user_id = $1", values: [id] });
  await carryRows(live, incoming, { table: "config" });
}

/** The one of the environment file, or the first that there was. */
async function administrator(live: Connection, email: string): Promise<{ id: string; email: string } | undefined> {
  const [row] = await live.query<{ id: string; email: string }>(
    `SELECT u.id, u.email FROM public."user" u JOIN public.auth a ON a.id = u.id WHERE u.role = 'admin'
     ORDER BY lower(u.email) = lower($1) DESC, u.created_at LIMIT 1`,
    [email],
  );
  return row;
}
