import { PassThrough } from "node:stream";
import { type AttachedContainer, type Engine, isGone, startAttached, UserError } from "@understudy/core";

/** Where compose/haproxy/10-http.cfg opens it: on the loopback of HAProxy's own network, which nobody else is on. */
const address = "127.0.0.1:9999";

const prompt = "\n> ";

/**
 * A session of HAProxy's runtime API, in a toolbox container that shares HAProxy's network and ends with us. Whatever
 * image HAProxy runs from, nothing is needed in it.
 */
export class RuntimeApi implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #box: AttachedContainer;
  #said = "";
  #heard = Promise.withResolvers<void>();
  #ended = false;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(engine: Engine, box: AttachedContainer) {
    this.#engine = engine;
    this.#box = box;
    const output = new PassThrough({ encoding: "utf8" }).on("data", (text: string) => {
      this.#said += text;
      this.#wake();
    });
    engine.docker.modem.demuxStream(box.stream, output, output);
    box.stream
      .on("error", () => {})
      .once("close", () => {
        this.#ended = true;
        this.#wake();
      });
  }

  /**
   * @param container HAProxy's, running
   * @param toolbox a toolbox image that is on the host
   * @throws UserError when it does not answer
   */
  static async open(engine: Engine, container: string, toolbox: string): Promise<RuntimeApi> {
    const box = await startAttached(engine, {
      Image: toolbox,
      Cmd: ["socat", "STDIO", `TCP:${address},retry=10,interval=0.2`],
      HostConfig: { NetworkMode: `container:${container}`, Memory: 67_108_864 },
    });
    const api = new RuntimeApi(engine, box);
    try {
      await api.ask("prompt");
      await api.tell("set timeout cli 1d");
    } catch (error) {
      await api[Symbol.asyncDispose]();
      throw error;
    }
    return api;
  }

  /** One command at a time. @returns what HAProxy answers. @throws UserError when the session has ended. */
  ask(command: string): Promise<string> {
    const answer = this.#last.then(() => this.#exchange(command));
    this.#last = answer.catch(() => {});
    return answer;
  }

  /** A command whose success is told by its answer; most say nothing. @throws Error with what HAProxy said instead. */
  async tell(command: string, success = /^$/): Promise<void> {
    const answer = await this.ask(command);
    if (!success.test(answer)) throw new Error(`HAProxy answered "${command}" with: ${answer || "nothing"}`);
  }

  /** A command that answers with a table, whose first line begins with `#` and names the columns. */
  async table(command: string, separator = " "): Promise<Record<string, string>[]> {
    const [head = "", ...rows] = (await this.ask(command)).split("\n").filter((line) => line && !/^\d+$/.test(line));
    if (!head.startsWith("# ")) throw new Error(`HAProxy answered "${command}" with: ${head || "nothing"}`);
    const names = head.slice(2).split(separator);
    return rows.map((row) => Object.fromEntries(row.split(separator).map((value, column) => [names[column], value])));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#box.stream.end();
    await this.#engine.docker
      .getContainer(this.#box.id)
      .remove({ force: true })
      .catch((error) => {
        // It ends with its input; a lost connection ended the input.
        if (!isGone(error) && !(error instanceof UserError)) throw error;
      });
  }

  async #exchange(command: string): Promise<string> {
    this.#box.stream.write(`${command}\n`);
    while (!this.#said.endsWith(prompt)) {
      if (this.#ended) throw sessionEnded(command);
      this.#heard = Promise.withResolvers();
      await this.#heard.promise;
    }
    const answer = this.#said.slice(0, -prompt.length).trim();
    this.#said = "";
    return answer;
  }

  #wake(): void {
    this.#heard.resolve();
  }
}

function sessionEnded(command: string): UserError {
  return new UserError(`HAProxy's runtime API at ${address} of its container ended at "${command}"`, {
    next: "See pnpm logs haproxy. A HAProxy that was deployed by an older release has none: the deploy that brings it cannot use it",
  });
}
