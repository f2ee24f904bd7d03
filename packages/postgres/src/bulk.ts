/** Settings of a session that moves data. Whatever the server, the database or the role says, … */
export const bulk = {
  // nothing ends a long statement,
  statement_timeout: "0",
  transaction_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  idle_session_timeout: "0",
  // but the loss of its client does, soon;
  client_connection_check_interval: "2s",
  tcp_keepalives_idle: "15",
  tcp_keepalives_interval: "5",
  tcp_keepalives_count: "3",
  tcp_user_timeout: "30s",
  // masks are long expressions, which take longer to compile than to compute;
  jit: "off",
  // values are written alike on both sides, and lose nothing (as pg_dump has it);
  DateStyle: "ISO, MDY",
  IntervalStyle: "postgres",
  TimeZone: "UTC",
  extra_float_digits: "3",
  bytea_output: "hex",
  lc_monetary: "C",
  xmloption: "content",
  // and a name means the same everywhere.
  search_path: "",
  standard_conforming_strings: "on",
  quote_all_identifiers: "off",
};
