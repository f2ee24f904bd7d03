import { connect } from "@understudy/postgres";
import { z } from "zod";
import type { Check } from "../check.ts";
import { postgresPort, superuser } from "../postgres-login.ts";
import { addressOf, base, type CheckType, definition } from "./common.ts";
import { expectedRows, observeRows } from "./rows.ts";

const schema = definition("postgres", "postgres", {
  query: z.string().min(1),
  database: z.string().default("postgres"),
  /** Another way in than the service's own container, or another server. */
  host: z.string().min(1).optional(),
  port: z.int().min(1).max(65_535).default(postgresPort),
  /** Default: the superuser that the service was made with. */
  user: z.string().min(1).optional(),
  password: z.string().optional(),
  expect: expectedRows,
});

/** Runs a query that only reads. Its thresholds are for the value. */
export const postgres: CheckType<typeof schema> = {
  type: "postgres",
  schema,
  make: (definition): Check => ({
    ...base(definition, { unit: "", bad: "above" }),
    expected: "the query is answered",
    needs: definition.host && definition.user ? [] : [definition.service],
    look: async (context) => {
      const { service, host, port, user, password = "", database, timeout, query } = definition;
      const address = host ? { host, port } : await addressOf(context, service, port);
      const login = user ? { user, password } : superuser(context, service);
      await using session = await connect({ ...address, ...login, database, timeout, readOnly: true });
      const rows = await session.query(query);
      return observeRows(definition, rows.map(Object.values));
    },
  }),
};
