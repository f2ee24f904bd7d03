import type { Rows } from "./table-rows.ts";

/** How everything of a database that is not a row is searched: what people wrote into definitions, and what the server keeps of rows. */
export function catalogRows(database: string): Rows[] {
  const label = `'${database.replaceAll("'", "''")}: ' || `;
  const field = { place: "", isMasked: false, isHex: false };
  return [
    ...Object.entries(texts).map(([about, sql]) => ({
      about: `${database}: ${about}`,
      select: `SELECT ${label} pg_catalog.concat_ws(' ', '${about}', place), content FROM (${sql}) AS texts (place, content) WHERE content <> ''`,
      row: { labelled: true, fields: [field, field] },
    })),
    {
      about: `${database}: large objects`,
      select: `SELECT ${label} 'large object ' || loid, content FROM (${largeObjects}) AS objects`,
      row: { labelled: true, fields: [field, { ...field, isHex: true }] },
    },
  ];
}

const own = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'";

const thisDatabase = "(SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())";

/** Objects with lower numbers came with the server. */
const firstOwn = 16_384;

/** By what they are: SQL for place and content. */
const texts: Readonly<Record<string, string>> = {
  "statistics of": `
    SELECT format('%s.%s.%s', schemaname, tablename, attname),
      concat_ws(' ', most_common_vals::text, histogram_bounds::text, most_common_elems::text)
    FROM pg_catalog.pg_stats WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  "extended statistics": `
    SELECT format('%s.%s', statistics_schemaname, statistics_name), most_common_vals::text FROM pg_catalog.pg_stats_ext`,
  "statistics of expressions": `
    SELECT format('%s.%s', statistics_schemaname, statistics_name), concat_ws(' ', most_common_vals::text, histogram_bounds::text)
    FROM pg_catalog.pg_stats_ext_exprs`,
  "comment on": `
    SELECT named.type || ' ' || named.identity, description
    FROM (SELECT classoid, objoid, objsubid, description FROM pg_catalog.pg_description WHERE objoid >= ${firstOwn}
      OR classoid = 'pg_catalog.pg_namespace'::regclass
      UNION ALL SELECT classoid, objoid, 0, description FROM pg_catalog.pg_shdescription
      WHERE classoid <> 'pg_catalog.pg_database'::regclass OR objoid = ${thisDatabase}) AS described,
      LATERAL pg_catalog.pg_identify_object(classoid, objoid, objsubid) AS named`,
  "security label": "SELECT objtype || ' ' || objname, label FROM pg_catalog.pg_seclabels",
  "default of": `
    SELECT format('%s.%s.%s', n.nspname, c.relname, a.attname), pg_catalog.pg_get_expr(d.adbin, d.adrelid)
    FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    JOIN pg_catalog.pg_class c ON c.oid = d.adrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${own}`,
  // A column that came with a default keeps it for the rows that were there.
  "missing value of": `
    SELECT format('%s.%s.%s', n.nspname, c.relname, a.attname), a.attmissingval::text
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE a.atthasmissing AND ${own}`,
  "name of": `
    SELECT format('%s.%s', n.nspname, c.relname), concat_ws(' ', n.nspname, c.relname, pg_catalog.pg_get_expr(c.relpartbound, c.oid),
      (SELECT pg_catalog.string_agg(a.attname, ' ') FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0),
      c.reloptions::text)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${own}`,
  rule: `
    SELECT format('%s on %s.%s', r.rulename, n.nspname, c.relname), pg_catalog.pg_get_ruledef(r.oid)
    FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${own}`,
  "constraint or check": `
    SELECT format('%s.%s', n.nspname, k.conname), pg_catalog.pg_get_constraintdef(k.oid)
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace WHERE ${own}`,
  index: `
    SELECT format('%s.%s', n.nspname, c.relname), pg_catalog.pg_get_indexdef(i.indexrelid)
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${own}`,
  trigger: `
    SELECT format('%s on %s.%s', t.tgname, n.nspname, c.relname), pg_catalog.pg_get_triggerdef(t.oid)
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND ${own}`,
  "row security policy": `
    SELECT format('%s on %s.%s', policyname, schemaname, tablename), concat_ws(' ', qual, with_check) FROM pg_catalog.pg_policies`,
  function: `
    SELECT format('%s.%s', n.nspname, p.proname), concat_ws(' ', CASE WHEN p.prokind IN ('f', 'p', 'w')
      THEN pg_catalog.pg_get_functiondef(p.oid) END, p.prosrc)
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE ${own}`,
  "label of": `
    SELECT format('%s.%s', n.nspname, t.typname), e.enumlabel FROM pg_catalog.pg_enum e
    JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE ${own}`,
  "default of type": `
    SELECT format('%s.%s', n.nspname, t.typname), t.typdefault
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE ${own}`,
  settings: `
    SELECT coalesce(r.rolname, 'everyone'), s.setconfig::text
    FROM pg_catalog.pg_db_role_setting s LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
    WHERE s.setdatabase = ${thisDatabase}`,
  "options of server": "SELECT srvname, srvoptions::text FROM pg_catalog.pg_foreign_server",
  "options of foreign table": "SELECT ftrelid::regclass::text, ftoptions::text FROM pg_catalog.pg_foreign_table",
  "options of user on server": "SELECT srvname, umoptions::text FROM pg_catalog.pg_user_mappings",
};

// In blocks of a megabyte that share a page, so that a value on the border is in one of them.
const largeObjects = `
  SELECT loid, pg_catalog.encode(pg_catalog.string_agg(data, ''::bytea ORDER BY pageno), 'hex') AS content
  FROM pg_catalog.pg_largeobject CROSS JOIN LATERAL pg_catalog.unnest(
    CASE WHEN pageno % 512 = 0 AND pageno > 0 THEN ARRAY[pageno / 512, pageno / 512 - 1] ELSE ARRAY[pageno / 512] END) AS block
  GROUP BY loid, block`;
