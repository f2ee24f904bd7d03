import { Writable } from "node:stream";
import type { Connection } from "../connect.ts";
import { quoteName, quoteTable } from "../quote.ts";
import { type Wire, wireOf } from "../wire.ts";
import { copyDataHeader } from "./copy-data.ts";
import { type CopyFormat, formatSql, runCopy } from "./run-copy.ts";

/**
 * Rows in COPY's text format or the binary one into a table, given in parts of any size. `finish` comes when the server has said that all is in;
 * destroying the stream before that closes the connection, so that nothing of it stays. Its errors are PostgresErrors.
 * @param columns in the order of the values; none: those of the table that are not generated.
 */
export function copyIn(
  connection: Connection,
  table: { readonly schema: string; readonly name: string },
  columns: readonly string[],
  format: CopyFormat = "text",
): CopyIn {
  const list = columns.length > 0 ? ` (${columns.map(quoteName).join(", ")})` : "";
  return new CopyIn(wireOf(connection), `COPY ${quoteTable(table)}${list} FROM STDIN${formatSql(format)}`);
}

/** ms without progress before the server is asked whether it lives. */
const patience = 10_000;

const copyDone = Buffer.from([0x63, 0, 0, 0, 4]);

export class CopyIn extends Writable {
  /** As the server counted them; known at the end. */
  rows = 0;
  readonly #wire: Wire;
  readonly #ready = Promise.withResolvers<void>();
  readonly #done = Promise.withResolvers<void>();
  #over = false;
  #written = 0;
  readonly #watch: NodeJS.Timeout;

  constructor(wire: Wire, sql: string) {
    super({ highWaterMark: 262_144 });
    this.#wire = wire;
    this.#watch = setInterval(() => void this.#lookWhetherLost(), patience).unref();
    runCopy(wire, sql, {
      onReady: this.#ready.resolve,
      onDone: (rows) => {
        this.#over = true;
        this.rows = rows;
        this.#done.resolve();
      },
      onError: (error) => {
        this.#over = true;
        this.destroy(error);
      },
    });
  }

  override async _write(part: Buffer, _encoding: string, done: (error?: Error | null) => void): Promise<void> {
    await this.#ready.promise;
    const { socket, explain } = this.#wire;
    socket.cork();
    socket.write(copyDataHeader(part.length));
    socket.write(part, (error) => done(error ? explain(error) : null));
    socket.uncork();
  }

  override async _final(done: (error?: Error | null) => void): Promise<void> {
    await this.#ready.promise;
    this.#wire.socket.write(copyDone);
    await this.#done.promise;
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.#watch);
    if (!this.#over) this.#wire.socket.destroy();
    done(error);
  }

  /** To TCP, a network that swallows what we send is no error for a quarter of an hour. A server that is merely slow answers. */
  async #lookWhetherLost(): Promise<void> {
    const { bytesWritten } = this.#wire.socket;
    const stalled = bytesWritten === this.#written;
    this.#written = bytesWritten;
    try {
      if (stalled) await this.#wire.assertAnswers();
    } catch (error) {
      this.destroy(error as Error);
    }
  }
}
