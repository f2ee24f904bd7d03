import type { Connection as DriverConnection } from "pg";
import type { PostgresError } from "../postgres-error.ts";
import type { Wire } from "../wire.ts";

/** `binary` spares both servers the writing and reading of numbers and dates as text; types must be the same on both. */
export type CopyFormat = "text" | "binary";

export function formatSql(format: CopyFormat): string {
  return format === "binary" ? " WITH (FORMAT binary)" : "";
}

export interface CopyEvents {
  /** The session is this statement's own from here on. */
  onTurn?(): void;
  /** The server awaits rows. */
  onReady?(): void;
  /** All is done, and the session free for the next statement. */
  onDone(rows: number): void;
  onError(error: PostgresError): void;
}

/** Hand a COPY to the driver as a statement of its own kind: the driver calls these methods by name. */
export function runCopy({ client, explain }: Wire, sql: string, events: CopyEvents): void {
  let rows = 0;
  const statement = {
    submit(connection: DriverConnection): void {
      events.onTurn?.();
      connection.query(sql);
    },
    handleCopyInResponse(): void {
      events.onReady?.();
    },
    handleCommandComplete({ text }: { text: string }): void {
      rows = Number(text.replace("COPY ", ""));
    },
    handleReadyForQuery(): void {
      statement.callback();
      events.onDone(rows);
    },
    handleError(error: unknown): void {
      statement.callback();
      events.onError(explain(error));
    },
    /** The driver puts its own here, which stops its clock. */
    callback(): void {},
  };
  client.query(statement);
}
