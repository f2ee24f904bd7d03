import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { connectEngine, type Engine, exec } from "@understudy/core";
import { chain, code, TestN8n, webhook } from "../../../health/test/support/workflow-n8n.ts";
import { createInstallation, type TestInstallation } from "./installation.ts";
import { writeN8nOnly } from "./n8n-only.ts";

/** What a caller of the webhook got. */
export interface Answer {
  readonly n: number;
  readonly status: number;
  readonly said: unknown;
}

export interface QueueStageOptions {
  /** Of its own, as other tests run beside it. */
  readonly portOffset: number;
  /** `regular`: without a queue. */
  readonly mode?: "queue" | "regular";
}

/** Where n8n was deployed. */
export interface DeployedN8n {
  readonly installation: TestInstallation;
  readonly engine: Engine;
  /** Of an edge, without a slash at its end. */
  readonly url: string;
}

/** A staging of n8n in queue mode, with one workflow that takes a while and gives back the number that it was sent. */
export class QueueStage implements AsyncDisposable {
  readonly installation: TestInstallation;
  readonly engine: Engine;
  readonly #n8n: DeployedN8n;
  readonly #own: AsyncDisposableStack;
  readonly #made = new Map<string, string>();
  #workflow = { id: "", path: "" };

  /** @param own what ends with it */
  constructor(n8n: DeployedN8n, own: AsyncDisposableStack) {
    this.installation = n8n.installation;
    this.engine = n8n.engine;
    this.#n8n = n8n;
    this.#own = own;
  }

  /** Deploy it, which takes a minute or more. */
  static async open({ portOffset, mode = "queue" }: QueueStageOptions): Promise<QueueStage> {
    await using opened = new AsyncDisposableStack();
    const installation = opened.use(
      createInstallation(
        `environments:\n  staging: { kind: staging, profile: server, portOffset: ${portOffset}, n8n: ${mode} }\n`,
      ),
    );
    writeN8nOnly(installation.root);
    const engine = opened.use(await connectEngine("local"));
    await installation.json("deploy:staging");
    return new QueueStage({ installation, engine, url: `http://localhost:${5678 + portOffset}` }, opened.move());
  }

  /** @param seconds that each execution waits */
  async prepareWorkflow(seconds: number): Promise<void> {
    const n8n = new TestN8n(this.#n8n.url, this.installation.env("staging").N8N_API_KEY ?? "");
    const path = `queue-test-${seconds * 1_000}`;
    const work = `await new Promise((done) => setTimeout(done, ${seconds * 1_000}));
      return [{ json: { n: $input.first().json.body.n } }];`;
    const draft = { name: path, ...chain(webhook(path), code("Work", work)) };
    const id = this.#made.get(path) ?? (await n8n.create(draft, true)).id;
    this.#made.set(path, id);
    this.#workflow = { id, path };
    // Each process of n8n hears of a webhook on its own.
    for (let inARow = 0; inARow < 5; ) inARow = (await this.call(-1)).status === 200 ? inARow + 1 : 0;
  }

  /** Call the webhook, and wait until its execution has ended. */
  async call(n: number): Promise<Answer> {
    const url = new URL(`/webhook/${this.#workflow.path}`, this.#n8n.url);
    // Not fetch, which gives up after five minutes: 500 executions may take a busy machine longer.
    const headers = { "content-type": "application/json" };
    const asked = request(url, { method: "POST", headers, agent: false }).end(JSON.stringify({ n }));
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    const [status = 0, said] = [answer.statusCode, await text(answer)];
    return { n, status, said: status === 200 ? JSON.parse(said).n : said };
  }

  /** Call it so many times at once. */
  callAll(count: number): Promise<Answer[]> {
    return Promise.all(Array.from({ length: count }, (_, n) => this.call(n)));
  }

  /** SIGKILL to a service's container, as the kernel does for lack of memory: Docker does not start it again by itself. */
  async kill(service: string): Promise<void> {
    await this.engine.docker.getContainer(this.container(service)).kill();
  }

  /** Ids of all containers that run, by name. */
  async running(): Promise<Record<string, string>> {
    const all = await this.engine.docker.listContainers();
    const own = all.map(({ Id, Names }) => [Names[0]?.slice(1) ?? "", Id] as const);
    return Object.fromEntries(own.filter(([name]) => name.startsWith(this.container(""))));
  }

  container(service: string): string {
    return `${this.installation.project}-staging-${service}`;
  }

  /** How many executions of the workflow n8n lists in each state. */
  async states(): Promise<Record<string, number>> {
    const rows = await this.sql(
      `SELECT status, count(*) FROM execution_entity WHERE "workflowId" = '${this.#workflow.id}' GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(([status = "", count]) => [status, Number(count)]));
  }

  /** Wait until so many executions are being worked on. */
  async underWay(count: number): Promise<void> {
    while (((await this.states()).running ?? 0) < count) await sleep(200);
  }

  /** What a statement gives in n8n's database, as the superuser. */
  async sql(query: string): Promise<string[][]> {
    const command = ["psql", "-U", "postgres", "-d", "n8n", "-v", "ON_ERROR_STOP=1", "-tA"];
    const { exitCode, stdout, stderr } = await exec(this.engine, this.container("postgres"), command, { stdin: query });
    if (exitCode !== 0) throw new Error(stderr);
    return stdout
      .trim()
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("|"));
  }

  /** What a service has printed. */
  async log(service: string): Promise<string> {
    const { stdout } = await this.installation.run("logs", service, "--staging");
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#own.disposeAsync();
  }
}
