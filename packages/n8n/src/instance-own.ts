import { type Connection, carryRows, quoteName, readRows } from "@understudy/postgres";

/** The owner's columns that make a login. */
const login = [
  "email",
  "firstName",
  "lastName",
  "password",
  "settings",
  "mfaEnabled",
  "mfaSecret",
  "mfaRecoveryCodes",
  "lastActiveAt",
];

/**
 * Write an instance's own into a database of another: its keys, its settings, its owner's login and API keys, onto that one's owner,
 * so that what is in the instance's environment file holds afterwards. Without a login to take over, n8n asks for an owner anew, and
 * the next deploy makes one.
 * @param to its tables `deployment_key`, `settings` and `user_api_keys` are empty.
 * @param live the instance's own database; undefined when there is none.
 * @throws Error when the other has no owner.
 */
export async function carryInstance(to: Connection, live: Connection | undefined): Promise<void> {
  const owner = await ownerOf(to);
  if (!owner) throw new NoOwner();
  const own = live && (await ownerOf(live, "password IS NOT NULL"));
  if (!live || !own) {
    await to.query(
      `UPDATE public."user" SET email = NULL, password = NULL, "lastActiveAt" = NULL, disabled = false WHERE id = $1`,
      [owner],
    );
    return;
  }
  await carryRows(live, to, { table: "deployment_key" });
  await carryRows(live, to, { table: "settings" });
  await carryLogin(live, own, to, owner);
  await carryRows(live, to, {
    table: "user_api_keys",
    where: `"userId" = $1`,
    values: [own],
    changed: { userId: owner },
  });
}

/** A database of n8n's in which nobody was ever set up. */
export class NoOwner extends Error {}

/** The id of the user who owns an instance; undefined before n8n was first started. */
export async function ownerOf(connection: Connection, where = "true"): Promise<string | undefined> {
  const [row] = await connection.query<{ id: string }>(
    `SELECT id FROM public."user" WHERE "roleSlug" = 'global:owner' AND ${where} ORDER BY "createdAt" LIMIT 1`,
  );
  return row?.id;
}

async function carryLogin(live: Connection, own: string, to: Connection, owner: string): Promise<void> {
  const [row] = await readRows(live, "user", login, "id = $1", [own]);
  const set = login.map((column, index) => `${quoteName(column)} = $${index + 2}`).join(", ");
  await to.query(`UPDATE public."user" SET disabled = false, ${set} WHERE id = $1`, [
    owner,
    ...login.map((column) => row?.[column]),
  ]);
}
