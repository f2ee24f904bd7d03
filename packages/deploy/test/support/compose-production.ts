import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerInspectInfo } from "@understudy/core";
import { builtName } from "@understudy/images";
import type { PromotionStage } from "./promotion-stage.ts";

/** What the operator of before had written into their compose file. */
export const shopSecrets = { POSTGRES_PASSWORD: "fox-in-the-Attic-7291", APP_DB_PASSWORD: "kettle.On.The.Moon-55" };

/**
 * The small stack as somebody ran it with Docker Compose before: a file of their own, elsewhere, with values where ours has variables,
 * one variable and one restart policy that ours does not have, and a service that ours does not know.
 */
export class ComposeProduction implements Disposable {
  readonly project: string;
  readonly #stage: PromotionStage;
  readonly #folder = mkdtempSync(join(tmpdir(), "understudy-shop-"));

  constructor(stage: PromotionStage) {
    this.#stage = stage;
    this.project = `${stage.installation.project}-shop`;
  }

  async start(): Promise<void> {
    const { root } = this.#stage.installation;
    const text = Object.entries({
      "pgvector/pgvector:0.8.0-pg17": await builtName("postgres"),
      "haproxy:3.0.11": await builtName("haproxy"),
      "${POSTGRES_PASSWORD:?}": shopSecrets.POSTGRES_PASSWORD,
      "${APP_DB_PASSWORD:?}": shopSecrets.APP_DB_PASSWORD,
      "${BIND_ADDRESS:-127.0.0.1}:8000": `127.0.0.1:${this.#stage.url("app").port}`,
      "${BIND_ADDRESS:-127.0.0.1}:8001": `127.0.0.1:${this.#stage.url("page").port}`,
      "file: ./": `file: ${root}/compose/`,
      "stop_signal: SIGINT": "stop_signal: SIGINT\n    restart: unless-stopped",
      "  app:\n    <<: *service\n": `  app:\n    <<: *service\n    environment: { PORT: "8080", GREETING: one, DATABASE_PASSWORD: "${shopSecrets.APP_DB_PASSWORD}", LOUD: very-much-so }\n`,
      "\nnetworks:": `\n  old-cron:\n    image: ${await builtName("haproxy")}\n    command: [sleep, infinity]\n    networks: [internal]\n\nnetworks:`,
    }).reduce(
      (before, [from, to]) => before.replaceAll(from, to),
      this.#stage.installation.read("compose/docker-compose.yml"),
    );
    writeFileSync(join(this.#folder, "docker-compose.yml"), text);
    this.compose("up", "-d");
  }

  compose(...words: string[]): string {
    const file = join(this.#folder, "docker-compose.yml");
    return execFileSync("docker-compose", ["-p", this.project, "-f", file, ...words], {
      encoding: "utf8",
      stdio: "pipe",
    });
  }

  /** What must not change while it is taken over, by service. */
  async running(): Promise<Record<string, string>> {
    const { docker } = this.#stage.engine;
    const filters = { label: [`com.docker.compose.project=${this.project}`] };
    const found = await docker.listContainers({ filters });
    const looked: ContainerInspectInfo[] = await Promise.all(found.map(({ Id }) => docker.getContainer(Id).inspect()));
    return Object.fromEntries(
      looked.map(({ Id, State, RestartCount, Config }) => [
        Config.Labels["com.docker.compose.service"] ?? "",
        `${Id} ${State.StartedAt} ${State.Pid} ${RestartCount}`,
      ]),
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
