import type { Connection } from "@understudy/postgres";

/** Sessions that are used again, each by one at a time. */
export class Pool {
  readonly #open: () => Promise<Connection>;
  readonly #limit: number;
  readonly #idle: Connection[] = [];
  readonly #waiting: (() => void)[] = [];
  #used = 0;
  #closed = false;

  constructor(open: () => Promise<Connection>, limit: number) {
    this.#open = open;
    this.#limit = limit;
  }

  /** @param work is given a session, and a way to say that it is spoilt: then it is not used again */
  async use<T>(work: (connection: Connection, spoil: () => void) => Promise<T>): Promise<T> {
    if (this.#closed) throw new Error("the store is closed");
    if (this.#used >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#used++;
    let connection: Connection | undefined;
    let spoilt = false;
    try {
      connection = this.#idle.pop() ?? (await this.#open());
      return await work(connection, () => {
        spoilt = true;
      });
    } finally {
      if (spoilt) await connection?.close();
      else if (connection) this.#idle.push(connection);
      const next = this.#waiting.shift();
      if (next) next();
      else this.#used--;
      if (this.#closed) await this.#drain();
    }
  }

  /** What is in use is closed when it is free. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#drain();
  }

  async #drain(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((connection) => connection.close()));
  }
}
