import { type Connection, quoteLiteral, quoteName } from "@understudy/postgres";

/** Bytes that cross at a time. */
const part = 1_048_576;

interface LargeObject {
  readonly oid: number;
  readonly owner: string;
  readonly comment: string | null;
  readonly bytes: number;
}

/** Copy the large objects of a database, with owner and comment, part by part. @returns how many. */
export async function copyLargeObjects(source: Connection, copy: Connection): Promise<number> {
  const objects = await source.query<LargeObject>(`
    SELECT m.oid::bigint AS oid, pg_get_userbyid(m.lomowner) AS owner, obj_description(m.oid, 'pg_largeobject') AS comment,
      coalesce((SELECT max(pageno::bigint * 2048 + octet_length(data)) FROM pg_largeobject WHERE loid = m.oid), 0) AS bytes
    FROM pg_largeobject_metadata m ORDER BY 1`);
  for (const { oid, owner, comment, bytes } of objects) {
    await copy.query(
      `SELECT lo_create($1::oid) WHERE NOT EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = $1::oid)`,
      [oid],
    );
    for (let offset = 0; offset < bytes; offset += part) {
      const [read] = await source.query<{ data: Buffer }>("SELECT lo_get($1::oid, $2::bigint, $3::int) AS data", [
        oid,
        offset,
        part,
      ]);
      await copy.query("SELECT lo_put($1::oid, $2::bigint, $3::bytea)", [oid, offset, read?.data]);
    }
    await copy.query(`ALTER LARGE OBJECT ${oid} OWNER TO ${quoteName(owner)}`);
    if (comment !== null) await copy.query(`COMMENT ON LARGE OBJECT ${oid} IS ${quoteLiteral(comment)}`);
  }
  return objects.length;
}
