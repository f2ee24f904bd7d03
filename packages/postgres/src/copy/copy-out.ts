import { Readable } from "node:stream";
import type { Connection } from "../connect.ts";
import { type Wire, wireOf } from "../wire.ts";
import { CopyDataFilter } from "./copy-data.ts";
import { type CopyFormat, formatSql, runCopy } from "./run-copy.ts";

/**
 * What a SELECT gives, in COPY's text format or the binary one, as it arrives: parts of any size, which may end within a row.
 * Destroying the stream before its end closes the connection, so that the server stops. Its errors are PostgresErrors.
 */
export function copyOut(connection: Connection, select: string, format: CopyFormat = "text"): CopyOut {
  return new CopyOut(wireOf(connection), `COPY (${select}) TO STDOUT${formatSql(format)}`);
}

export class CopyOut extends Readable {
  /** As the server counted them; known at the end. */
  rows = 0;
  readonly #wire: Wire;
  #over = false;

  constructor(wire: Wire, sql: string) {
    super({ highWaterMark: 262_144 });
    this.#wire = wire;
    let giveBack = () => {};
    runCopy(wire, sql, {
      onTurn: () => {
        giveBack = this.#takeSocket();
      },
      onDone: (rows) => {
        this.#over = true;
        this.rows = rows;
        giveBack();
        this.push(null);
      },
      onError: (error) => {
        this.#over = true;
        giveBack();
        this.destroy(error);
      },
    });
  }

  override _read(): void {
    this.#wire.socket.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#over) this.#wire.socket.destroy();
    done(error);
  }

  /**
   * Stand between socket and driver while rows come: the driver gathers whole messages, and does not let a slow reader
   * slow down the server. @returns gives the socket back.
   */
  #takeSocket(): () => void {
    const { socket } = this.#wire;
    const filter = new CopyDataFilter();
    const [driver] = socket.listeners("data") as ((bytes: Buffer) => void)[];
    if (!driver) throw new Error("the driver does not listen to its socket");
    const onData = (chunk: Buffer) => {
      const { rows, others } = filter.take(chunk);
      if (rows.length > 0 && !this.push(rows)) socket.pause();
      if (others.length > 0) driver(others);
    };
    socket.off("data", driver).on("data", onData);
    return () => void socket.off("data", onData).on("data", driver).resume();
  }
}
