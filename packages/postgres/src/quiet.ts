import type { Connection } from "./connect.ts";
import { applySettings } from "./settings.ts";

/**
 * From here on, nothing that this session runs or is given as a parameter stands in the server's log, nor in what
 * pgaudit and auto_explain write. What goes wrong is still logged, without the statement.
 * @throws PostgresError 42501 for a role that is no superuser.
 */
export async function quietSession(connection: Connection): Promise<void> {
  const { text, values } = applySettings(quiet);
  await connection.query(text, values);
}

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
