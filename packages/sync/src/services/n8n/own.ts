import { UserError } from "@understudy/core";
import { type Connection, quoteName } from "@understudy/postgres";
import { carryRows, readRows } from "../carry-rows.ts";
import { lockedPassword } from "../locked-password.ts";
import type { ServiceContext } from "../service-data.ts";

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
 * Staging's own in the copy: its keys, its settings, its owner's login and API keys, written onto the copy's owner, so that what is
 * in `.env.<staging>` holds after the swap. Without a login to take over, n8n asks for an owner anew, and the next deploy makes one.
 */
export async function carryOwn({ incoming, live }: ServiceContext): Promise<void> {
  const owner = await ownerOf(incoming);
  if (!owner)
    throw new UserError("The copy of n8n has no owner", { next: "Start production's n8n once, and copy again" });
  await incoming.query(
    `UPDATE public."user" SET password = $1, "mfaEnabled" = false, "mfaSecret" = NULL, "mfaRecoveryCodes" = NULL`,
    [lockedPassword],
  );
  const own = live && (await ownerOf(live, "password IS NOT NULL"));
  if (!live || !own) {
    await incoming.query(
      `UPDATE public."user" SET email = NULL, password = NULL, "lastActiveAt" = NULL, disabled = false WHERE id = $1`,
      [owner],
    );
    return;
  }
  await carryRows(live, incoming, { table: "deployment_key" });
  await carryRows(live, incoming, { table: "settings" });
  await carryLogin(live, own, incoming, owner);
  await carryRows(live, incoming, {
    table: "user_api_keys",
    where: `"userId" = $1`,
    values: [own],
    changed: { userId: owner },
  });
}

async function ownerOf(connection: Connection, where = "true"): Promise<string | undefined> {
  const [row] = await connection.query<{ id: string }>(
    `SELECT id FROM public."user" WHERE "roleSlug" = 'global:owner' AND ${where} ORDER BY "createdAt" LIMIT 1`,
  );
  return row?.id;
}

async function carryLogin(live: Connection, own: string, incoming: Connection, owner: string): Promise<void> {
  const [row] = await readRows(live, "user", login, "id = $1", [own]);
  const set = login.map((column, index) => `${quoteName(column)} = $${index + 2}`).join(", ");
  await incoming.query(`UPDATE public."user" SET disabled = false, ${set} WHERE id = $1`, [
    owner,
    ...login.map((column) => row?.[column]),
  ]);
}
