import { Worker } from "node:worker_threads";
import { messageOf, UserError } from "@understudy/core/light";
import type { Opened } from "./database.ts";
import { type Call, type Said, type ThreadData, unpackError } from "./thread-messages.ts";

/** So little is enough, and without a limit a thread collects its garbage late. MiB. */
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The caller's end of the thread that a Store lives in. */
export class StoreThread {
  opened: Opened = "new";
  readonly #worker: Worker;
  readonly #report: (problem: Error) => void;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exit = Promise.withResolvers<void>();
  #calls = 0;
  #failure: Error | undefined;

  /** Resolves when the file is open. */
  static async start(data: ThreadData, report: (problem: Error) => void): Promise<StoreThread> {
    const thread = new StoreThread(data, report);
    try {
      await thread.call("open", []);
    } catch (error) {
      await thread.close();
      throw error;
    }
    return thread;
  }

  private constructor(workerData: ThreadData, report: (problem: Error) => void) {
    this.#report = report;
    this.#worker = new Worker(new URL("./store.worker.ts", import.meta.url), { workerData, resourceLimits });
    this.#worker.on("message", (said: Said) => this.#hear(said));
    this.#worker.on("error", (error) => this.#fail(messageOf(error)));
    this.#worker.on("exit", () => {
      this.#fail("it was closed");
      this.#exit.resolve();
    });
  }

  call(method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#worker.postMessage({ id, method, args } satisfies Call);
      this.#waiting.set(id, { resolve, reject });
    });
  }

  /** Resolves when the calls before are done and the thread has ended. */
  async close(): Promise<void> {
    if (!this.#failure) this.#worker.postMessage({ id: this.#calls++, method: "close", args: [] } satisfies Call);
    await this.#exit.promise;
  }

  #hear(said: Said): void {
    if ("opened" in said) this.#begin(said.opened);
    else if (!("id" in said)) this.#report(unpackError(said.failure));
    else {
      const waiting = this.#waiting.get(said.id);
      this.#waiting.delete(said.id);
      if ("failure" in said) waiting?.reject(unpackError(said.failure));
      else waiting?.resolve(said.value);
    }
  }

  #begin(opened: Opened): void {
    this.opened = opened;
    if (typeof opened === "string") return;
    this.#report(new UserError(`The history was damaged. It lies in ${opened.damaged} now, and a new one is begun`));
  }

  /** Nothing that was asked for will be answered. */
  #fail(why: string): void {
    this.#failure ??= new Error(`The history's thread has ended: ${why}`);
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
