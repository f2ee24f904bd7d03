import { messageOf } from "@understudy/core";
import type { Ground } from "../ground.ts";

/**
 * Takes back what a test made, the last thing first, however the test ends. What cannot be taken back is said: the next
 * run removes it.
 */
export class Undo implements AsyncDisposable {
  readonly #ground: Pick<Ground, "log" | "say">;
  readonly #steps: { readonly what: string; readonly take: () => Promise<unknown> }[] = [];

  constructor(ground: Pick<Ground, "log" | "say">) {
    this.#ground = ground;
  }

  /** @param what e.g. `workflow abc` */
  later(what: string, take: () => Promise<unknown>): void {
    this.#steps.push({ what, take });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { what, take } of this.#steps.reverse()) {
      await take().catch((error) => {
        this.#ground.log.warn({ what, error: messageOf(error) }, "could not be removed");
        this.#ground.say(`${what} could not be removed, the next run will: ${messageOf(error)}`);
      });
    }
  }
}
