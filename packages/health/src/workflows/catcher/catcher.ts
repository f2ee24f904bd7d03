import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import {
  type AttachedContainer,
  type ContainerInspectInfo,
  type Engine,
  type Environment,
  isGone,
  label,
  startAttached,
  UserError,
} from "@understudy/core";

/** A call that reached the catcher. */
export interface CaughtCall {
  /** ms since the epoch, by the host's clock. */
  readonly at: number;
  readonly method: string;
  /** Where the workflow meant to call. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface WebhookCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** ms. */
  readonly timeout: number;
}

export interface WebhookAnswer {
  /** When it was called, ms since the epoch, by the host's clock. */
  readonly at: number;
  /** ms until the headers had come. */
  readonly latency: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** At most the first MiB. */
  readonly text: string;
}

/** What calls are answered with. */
export interface PreparedAnswer {
  /** How the address that was meant begins; without it: any. */
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A run of tests carries its name in the label of its catcher, and in the names of all that it makes. */
const runLabel = "understudy.workflow-test";

const program = new URL("catcher-program.mjs", import.meta.url);
const memory = 268_435_456;
const startTimeout = 30_000;
const beat = 10_000;

type Reply = { readonly id: number; readonly error?: string } & WebhookAnswer;

/**
 * A foothold inside the stack: a container on n8n's internal network that takes the calls of workflows and calls their
 * webhooks. It is made from n8n's own image, needs no way out, and lives no longer than this process.
 */
export class Catcher implements AsyncDisposable {
  /** Of this run of tests, unique on the host. */
  readonly run: string;
  readonly #engine: Engine;
  readonly #container: AttachedContainer;
  readonly #calls = new Map<string, CaughtCall[]>();
  readonly #waiting = new Map<number, PromiseWithResolvers<Reply>>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #beat: NodeJS.Timeout;
  #asked = 0;
  #ended = false;

  private constructor(engine: Engine, run: string, container: AttachedContainer) {
    this.#engine = engine;
    this.run = run;
    this.#container = container;
    const output = new PassThrough();
    engine.docker.modem.demuxStream(container.stream, output, output);
    createInterface({ input: output }).on("line", (line) => this.#hear(line));
    container.stream.on("error", () => {}).once("close", () => this.#lost());
    this.#beat = setInterval(() => this.#say(undefined), beat).unref();
  }

  static async open(
    engine: Engine,
    environment: Environment,
    n8n: ContainerInspectInfo,
    run: string,
  ): Promise<Catcher> {
    const networks = Object.keys(n8n.NetworkSettings.Networks);
    const network = networks.find((name) => name.endsWith("_internal")) ?? networks[0];
    if (!network) throw new UserError("n8n is on no network", { next: "See pnpm status" });
    const container = await startAttached(engine, {
      Image: n8n.Image,
      Entrypoint: ["node"],
      Cmd: ["--input-type=module", "--eval", readFileSync(program, "utf8")],
      Env: [],
      Labels: { [label.environment]: environment.name, [runLabel]: `${environment.stackName}/${run}` },
      HostConfig: {
        NetworkMode: network,
        Memory: memory,
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges:true"],
        // What it prints is for us alone: calls may carry secrets.
        LogConfig: { Type: "none", Config: {} },
      },
      NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [aliasOf(run)] } } },
    });
    const catcher = new Catcher(engine, run, container);
    const late = setTimeout(() => catcher.#lost(), startTimeout);
    try {
      await catcher.#ready.promise;
      return catcher;
    } catch (error) {
      await catcher[Symbol.asyncDispose]();
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  /** What containers of the stack call; what a test adds to it is kept apart by the test's nonce. */
  address(nonce: string): string {
    return `http://${aliasOf(this.run)}:8000/${nonce}`;
  }

  /** The calls of one test so far, in order. */
  calls(nonce: string): readonly CaughtCall[] {
    return this.#calls.get(nonce) ?? [];
  }

  /** Answer the calls of one test so. The first that fits counts; without any it is `200 {}`. */
  prepare(nonce: string, list: readonly PreparedAnswer[]): void {
    this.#say({ answers: { test: nonce, list } });
  }

  /** Call an address inside the stack. @throws UserError when no answer comes, or not before `signal` says stop. */
  async call(call: WebhookCall, signal: AbortSignal): Promise<WebhookAnswer> {
    const what = `${call.method} ${new URL(call.url).pathname}`;
    const late = new UserError(`${what} was not answered in time`, { next: "See pnpm logs n8n" });
    // A signal that has spoken does not speak again.
    if (signal.aborted) throw late;
    const id = ++this.#asked;
    const reply = Promise.withResolvers<Reply>();
    this.#waiting.set(id, reply);
    if (this.#ended) this.#lost();
    else this.#say({ call: { ...call, id } });
    const stop = () => reply.reject(late);
    signal.addEventListener("abort", stop, { once: true });
    const { error, ...answer } = await reply.promise.finally(() => signal.removeEventListener("abort", stop));
    if (error === undefined) return answer;
    throw new UserError(`${what}: ${error}`, { next: "See pnpm logs n8n" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beat);
    this.#container.stream.end();
    await this.#engine.docker
      .getContainer(this.#container.id)
      // n8n's image gives it a volume that nobody needs.
      .remove({ force: true, v: true })
      .catch((error) => {
        // It ended with its input, or the engine is removing it already.
        if (!isGone(error)) throw error;
      });
  }

  #say(command: unknown): void {
    if (this.#container.stream.writable) {
      this.#container.stream.write(command === undefined ? "\n" : `${JSON.stringify(command)}\n`);
    }
  }

  #hear(line: string): void {
    const news = JSON.parse(line) as { ready?: true; request?: CaughtCall & { test: string }; answer?: Reply };
    if (news.ready) this.#ready.resolve();
    if (news.request) {
      const { test, ...call } = news.request;
      this.#calls.set(test, [...(this.#calls.get(test) ?? []), call]);
    }
    if (news.answer) {
      this.#waiting.get(news.answer.id)?.resolve(news.answer);
      this.#waiting.delete(news.answer.id);
    }
  }

  #lost(): void {
    this.#ended = true;
    const error = new UserError("The catcher, a container beside n8n, ended or does not answer", {
      next: "See whether the host has memory left, and run again",
    });
    this.#ready.reject(error);
    this.#ready.promise.catch(() => {});
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The runs of tests that are on in a stack now: their catchers live. */
export async function liveRuns(engine: Engine, { stackName }: Environment): Promise<ReadonlySet<string>> {
  const containers = await engine.docker.listContainers({ all: true, filters: { label: [runLabel] } });
  const runs = containers.map(({ Labels }) => (Labels[runLabel] ?? "").split("/"));
  return new Set(runs.flatMap(([stack, run]) => (stack === stackName && run ? [run] : [])));
}

function aliasOf(run: string): string {
  return `${run}.understudy-catcher`;
}
