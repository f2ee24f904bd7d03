import type { Socket } from "node:net";
import type { Client } from "pg";
import type { Connection } from "./connect.ts";
import type { PostgresError } from "./postgres-error.ts";

/** What a session stands on, for those in this package who speak the protocol themselves. */
export interface Wire {
  readonly client: Client;
  readonly socket: Socket;
  /** A failure of this session, in plain words. */
  explain(error: unknown): PostgresError;
  /** Whether the server still answers, by a login of its own. @throws PostgresError when it does not. */
  assertAnswers(): Promise<void>;
}

const wires = new WeakMap<Connection, Wire>();

export function wireOf(connection: Connection): Wire {
  const wire = wires.get(connection);
  if (!wire) throw new TypeError("not a connection that connect() made");
  return wire;
}

export function keepWire(connection: Connection, wire: Wire): void {
  wires.set(connection, wire);
}
