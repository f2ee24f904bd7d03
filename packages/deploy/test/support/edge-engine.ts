import { randomBytes } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ComposeModel, loadCompose } from "@understudy/compose";
import { type Engine, findInstallation, label, silentLog, sourceRoot } from "@understudy/core";
import { builtName } from "@understudy/images";
import { stackProgram, type Turns } from "@understudy/stacks";
import { awaitQuiet } from "../../src/edge/await-quiet.ts";
import { bridgeOf, withBridges } from "../../src/edge/bridged-model.ts";
import { Edge } from "../../src/edge/edge.ts";
import { replaceBehindEdge } from "../../src/edge/replace-behind-edge.ts";
import type { TurnoverReport } from "../../src/edge/turnovers.ts";
import { openStack } from "../../src/engine/workspace.ts";
import { awaitHealthy, type HealthWait } from "../../src/healthy/await-healthy.ts";
import { removeProject } from "./installation.ts";

/** A version of each service, and how long it takes connections without serving, ms. */
export interface Versions {
  readonly n8n: string;
  readonly letta: string;
  readonly boot: number;
}

const limits = { hold: { hold: 30_000, drain: 5_000 }, drain: 5_000, healthy: 60_000 };

/** A small stack behind the real edge, made and replaced by the real engine. */
export class EngineStack implements AsyncDisposable {
  readonly project = `ust-${randomBytes(3).toString("hex")}`;
  readonly #root = mkdtempSync(join(tmpdir(), "understudy-edge-"));
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
    for (const file of ["10-http.cfg", "hold.lua"]) {
      copyFileSync(join(sourceRoot, "compose/haproxy", file), join(this.#root, file));
    }
    copyFileSync(join(import.meta.dirname, "edge-service.mjs"), join(this.#root, "service.mjs"));
  }

  get #stackName(): string {
    return `${this.project}-production`;
  }

  containerOf(service: string): string {
    return `${this.#stackName}-${service}`;
  }

  /** Make the stack what these versions say. */
  async deploy(versions: Versions): Promise<TurnoverReport[]> {
    const replacement = {
      engine: this.#engine,
      toolbox: await builtName("toolbox"),
      stackName: this.#stackName,
      model: await this.#model(versions),
      edgeService: "haproxy",
      replaced: ["n8n", "letta"],
      limits,
      whenHealthy: (wait: HealthWait) => awaitHealthy(this.#engine, wait),
      say: () => {},
    };
    return await replaceBehindEdge(replacement, (model, turns) => this.#up(model, turns));
  }

  /** One run of the engine, past the edge. */
  async apply(versions: Versions): Promise<void> {
    await this.#up(await this.#model(versions));
  }

  /**
   * What a run leaves that is killed while the engine replaces letta: a bridge serves, letta's own container is gone.
   * @param versions those that run
   */
  async leaveBridged(versions: Versions): Promise<void> {
    await this.#up(withBridges(await this.#model(versions), ["letta"]));
    const bridge = this.containerOf(bridgeOf("letta"));
    await awaitHealthy(this.#engine, { service: bridgeOf("letta"), container: bridge, timeout: limits.healthy });
    const { NetworkSettings } = await this.#engine.docker.getContainer(bridge).inspect();
    const address = NetworkSettings.Networks[`${this.#stackName}_internal`]?.IPAddress ?? "";
    await using edge = await Edge.open(this.#engine, [this.containerOf("haproxy")], await builtName("toolbox"));
    await edge.toBridge("letta", address);
    await awaitQuiet(() => edge.connections("letta", "own"), limits.drain);
    await this.#engine.docker.getContainer(this.containerOf("letta")).remove({ force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeProject(this.#engine, this.project);
    rmSync(this.#root, { recursive: true });
  }

  async #model(versions: Versions): Promise<ComposeModel> {
    const file = join(this.#root, "compose.yml");
    writeFileSync(file, compose(versions));
    const variables = { NODE: await builtName("node"), HAPROXY: await builtName("haproxy") };
    return await loadCompose({ files: [file], variables });
  }

  async #up(model: ComposeModel, turns?: Turns): Promise<void> {
    const images = await Promise.all(
      Object.values(model.services).map(async ({ name, image }) => {
        const { Id } = await this.#engine.docker.getImage(image).inspect();
        return [name, { reference: image, id: Id, healthcheck: undefined }] as const;
      }),
    );
    const program = stackProgram({
      stackName: this.#stackName,
      model,
      images: Object.fromEntries(images),
      labels: (_kind, name) => ({ [label.stack]: this.#stackName, [label.service]: name }),
      secrets: [],
      closed: false,
      awaitHealthy: async (service, container) => {
        await awaitHealthy(this.#engine, { service, container, timeout: limits.healthy });
      },
      turns,
    });
    const stack = await openStack({
      installation: findInstallation({ UNDERSTUDY_ROOT: this.#root }),
      project: this.project,
      environment: "production",
      backend: "local",
      passphrase: "of a test",
      credentials: {},
      dockerHost: this.#engine.dockerHost,
      program,
      log: silentLog,
    });
    await stack.up({ refresh: true });
  }
}

function compose({ n8n, letta, boot }: Versions): string {
  const template = readFileSync(join(import.meta.dirname, "edge-compose.yml"), "utf8");
  const values: Record<string, string> = { N8N_VERSION: n8n, LETTA_VERSION: letta, BOOT: String(boot) };
  return template.replaceAll(/<(\w+)>/g, (_, name) => values[name] ?? "");
}
