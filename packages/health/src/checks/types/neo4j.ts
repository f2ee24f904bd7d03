import { UserError } from "@understudy/core";
import { z } from "zod";
import type { Check, CheckContext } from "../check.ts";
import { containerEnv } from "../container-env.ts";
import { networkFault } from "../network-fault.ts";
import { addressOf, base, type CheckType, definition } from "./common.ts";
import { expectedRows, observeRows } from "./rows.ts";

const port = 7687;

const schema = definition("neo4j", "neo4j", {
  /** In Cypher. */
  query: z.string().min(1),
  database: z.string().default("neo4j"),
  expect: expectedRows,
});

type Definition = z.output<typeof schema>;

/** Runs a query that only reads, over Bolt. Its thresholds are for the value. */
export const neo4j: CheckType<typeof schema> = {
  type: "neo4j",
  schema,
  make: (definition): Check => ({
    ...base(definition, { unit: "", bad: "above" }),
    expected: "the query is answered",
    needs: [definition.service],
    look: async (context, signal) => observeRows(definition, await read(context, definition, signal)),
  }),
};

async function read(context: CheckContext, definition: Definition, signal: AbortSignal): Promise<unknown[][]> {
  const { service, query, database, timeout } = definition;
  // Loaded when it is needed: it is heavy.
  const { default: bolt } = await import("neo4j-driver");
  const { NEO4J_AUTH = "neo4j/" } = containerEnv(context.containers.get(service));
  const [user = "", password = ""] = NEO4J_AUTH.split(/\/(.*)/s);
  const address = await addressOf(context, service, port);
  const where = `${address.host}:${address.port}`;
  const driver = bolt.driver(`bolt://${where}`, bolt.auth.basic(user, password), {
    disableLosslessIntegers: true,
    connectionTimeout: timeout,
    connectionAcquisitionTimeout: timeout,
    maxTransactionRetryTime: 0,
    maxConnectionPoolSize: 1,
    telemetryDisabled: true,
  });
  const close = () => void driver.close().catch(() => {});
  signal.addEventListener("abort", close, { once: true });
  const session = driver.session({ database, defaultAccessMode: bolt.session.READ });
  try {
    const { records } = await session.run(query, {}, { timeout });
    return records.map((record) => [...record.values()]);
  } catch (error) {
    throw explain(error, user, where);
  } finally {
    close();
  }
}

function explain(error: unknown, user: string, where: string): UserError {
  const { code = "", message } = error as { code?: string; message: string };
  if (code.endsWith(".Unauthorized")) {
    return new UserError(`the password of Neo4j user "${user}" is wrong`, {
      next: `Set it to what the environment file says (ALTER USER ${user} SET PASSWORD …), or correct the file and deploy`,
    });
  }
  if (code.endsWith(".AuthenticationRateLimit")) {
    return new UserError(`Neo4j lets nobody in as "${user}" for a moment: the password was wrong too often`);
  }
  // The driver keeps Node's code in its message alone.
  const network = /Caused by:.*\b(E[A-Z]{4,})\b/.exec(message)?.[1];
  if (network) return new UserError(networkFault({ code: network }, where), { cause: error });
  return new UserError(`Neo4j at ${where}: ${message}`, { cause: error });
}
