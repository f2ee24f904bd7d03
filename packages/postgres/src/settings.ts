import type { QueryConfig } from "pg";

/** The statement that sets, for its session, those settings that the server knows: they differ by version, and by what is loaded. */
export function applySettings(settings: Readonly<Record<string, string>>): QueryConfig {
  return {
    text:
      "SELECT pg_catalog.set_config(s.name, wanted.value, false) FROM pg_catalog.pg_settings s " +
      "JOIN pg_catalog.jsonb_each_text($1) AS wanted (name, value) ON wanted.name = s.name",
    values: [JSON.stringify(settings)],
  };
}
