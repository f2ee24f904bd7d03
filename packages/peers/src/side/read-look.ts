import { type Connection, readCatalog } from "@understudy/postgres";
import { type Look, lookOf, type Place } from "../plan/look.ts";

/** Look at the database of a session. @param place of what is not the database's own to tell */
export async function readLook(
  session: Connection,
  place: Place = { freeBytes: 0, clock: 0, leaveOut: [] },
): Promise<Look> {
  const [role] = await session.query<Look["role"]>(
    "SELECT current_user::text AS name, current_setting('is_superuser') = 'on' AS superuser",
  );
  if (!role) throw new Error("the server told no role");
  return lookOf(await readCatalog(session), role, place);
}
