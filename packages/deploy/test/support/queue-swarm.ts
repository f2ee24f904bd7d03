import { type Engine, findInstallation, label, loadSettings, openEngine, resolveEnvironment } from "@understudy/core";
import { writeN8nOnly } from "./n8n-only.ts";
import { QueueStage } from "./queue-stage.ts";
import type { QueueScene } from "./queue-suite.ts";
import { type SwarmStack, SwarmStage } from "./swarm-stage.ts";

const stack: SwarmStack = {
  images: ["postgres:0.8.0-pg17", "haproxy:3.0.11", "n8n:2.41.1", "valkey:8.1.1"].map((name) => `understudy/${name}`),
  settings: ["n8n: queue", "compose: [compose/places.yml]"],
  write: ({ root, write }) => {
    writeN8nOnly(root);
    // Requests come in at the other two, and either can be lost.
    const place = "{ deploy: { placement: { constraints: [node.hostname == node3] } } }";
    write("compose/places.yml", `services:\n  postgres: ${place}\n  n8n: ${place}\n  valkey: ${place}\n`);
  },
};

/** Three machines, all of them managers, with n8n in queue mode on them; what has data is on the third. */
export class QueueSwarm implements QueueScene {
  readonly machines: SwarmStage;
  readonly stage: QueueStage;
  /** Number of the machine that `loseWorker` takes. */
  readonly doomed: number;

  private constructor(machines: SwarmStage, stage: QueueStage, doomed: number) {
    this.machines = machines;
    this.stage = stage;
    this.doomed = doomed;
  }

  /** Form the swarm and deploy, which takes some minutes. */
  static async open(): Promise<QueueSwarm> {
    await using opened = new AsyncDisposableStack();
    const machines = opened.use(await SwarmStage.open({ managers: 3, stack }));
    const { installation } = machines;
    await installation.json("deploy:staging");
    const settings = loadSettings(findInstallation({ UNDERSTUDY_ROOT: installation.root }));
    const engine = opened.use(await openEngine(resolveEnvironment(settings, "staging")));
    // Callers of a lost edge or processor hear nothing more: what is lost here is what executes.
    const processor = await nodeOf(engine, `${installation.project}-staging-n8n-webhook`);
    const doomed = processor === "node2" ? 1 : 2;
    const url = `http://${machines.machine(3 - doomed).address}:5678`;
    return new QueueSwarm(machines, new QueueStage({ installation, engine, url }, opened.move()), doomed);
  }

  /** The whole machine, as when its power fails. */
  async loseWorker(): Promise<void> {
    await this.machines.machine(this.doomed).die();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
  }
}

/** Name of the machine that a container is on. */
async function nodeOf(engine: Engine, container: string): Promise<string | undefined> {
  const [info, view] = await Promise.all([engine.docker.getContainer(container).inspect(), engine.fleet?.look()]);
  return view?.nodes.find(({ id }) => id === info.Config.Labels[label.node])?.name;
}
