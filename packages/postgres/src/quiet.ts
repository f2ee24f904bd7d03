import { UserError } from "@understudy/core";
import type { Connection } from "./connect.ts";
import { applySettings } from "./settings.ts";

/**
 * From here on, nothing that this session runs or is given as a parameter stands in the server's log, nor in what
 * pgaudit and auto_explain write. What goes wrong is still logged, without the statement. For a role that may not set all of that,
 * texts of statements may stay in the log, values that it is given never, if they are secrets.
 * @throws UserError naming the setting by which such a role's secrets would be logged.
 */
export async function quietSession(connection: Connection, given: Given = "secrets"): Promise<void> {
  const [role] = await connection.query<{ all: string }>("SELECT current_setting('is_superuser') AS all");
  if (role?.all === "on") {
    const { text, values } = applySettings(quiet);
    await connection.query(text, values);
    return;
  }
  await connection.query(setWhatMayBe, [JSON.stringify(quiet)]);
  if (given === "names") return;
  const found = await connection.query<{ name: string; setting: string }>(
    "SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY($1)",
    [Object.keys(quiet)],
  );
  const loud = loudSetting(new Map(found.map(({ name, setting }) => [name, setting])));
  if (!loud) return;
  const { name, setting } = loud;
  throw new UserError(
    `Postgres logs the values that statements are given: ${name} is ${setting}, and this role cannot change it`,
    {
      next: `Set ${name} to ${quiet[name]} on the server, or let the role set it: GRANT SET ON PARAMETER ${name} TO <role>`,
    },
  );
}

/** What statements of a session are given as values: secrets and details of people, or names of databases, tables and columns. */
export type Given = "secrets" | "names";

const quiet = {
  log_statement: "none",
  log_duration: "off",
  log_min_duration_statement: "-1",
  log_min_duration_sample: "-1",
  log_transaction_sample_rate: "0",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  log_min_error_statement: "panic",
  debug_print_parse: "off",
  debug_print_rewritten: "off",
  debug_print_plan: "off",
  "auto_explain.log_min_duration": "-1",
  "pgaudit.log": "none",
  "pgaudit.log_parameter": "off",
};

type Name = keyof typeof quiet;

/**
 * By which of its settings a server would log values that a statement is given; undefined: by none. Data definitions are given none.
 * Exported for its test.
 */
export function loudSetting(settings: ReadonlyMap<string, string>): { name: Name; setting: string } | undefined {
  const isQuiet = (name: Name) => [undefined, quiet[name]].includes(settings.get(name));
  const statements = settings.get("log_parameter_max_length") === "0" ? [] : logged;
  const loud = [...statements, ...always].find((name) => !isQuiet(name) && settings.get(name) !== "ddl");
  return loud && { name: loud, setting: settings.get(loud) ?? "" };
}

/** What writes statements with their parameters. */
const logged: readonly Name[] = [
  "log_statement",
  "log_min_duration_statement",
  "log_min_duration_sample",
  "log_transaction_sample_rate",
];

const always: readonly Name[] = [
  "log_parameter_max_length_on_error",
  "auto_explain.log_min_duration",
  "pgaudit.log_parameter",
];

const setWhatMayBe = `SELECT pg_catalog.set_config(s.name, wanted.value, false) FROM pg_catalog.pg_settings s
  JOIN pg_catalog.jsonb_each_text($1) AS wanted (name, value) ON wanted.name = s.name
  WHERE s.context = 'user' OR pg_catalog.has_parameter_privilege(s.name, 'SET')`;
