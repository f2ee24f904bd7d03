import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectEngine } from "../../packages/core/src/index.ts";
import {
  createInstallation,
  removeProject,
  type TestInstallation,
} from "../../packages/deploy/test/support/installation.ts";
import { type Command, measure } from "./measure.ts";

const root = join(import.meta.dirname, "../..");
const offset = 21_000;
const peerOffset = 22_000;

/** A way to bring the stack up, and to remove it with its data. */
export interface Rival {
  readonly name: string;
  readonly up: Command;
  readonly ports: number;
  remove(): Promise<unknown>;
}

export interface Rivals extends AsyncDisposable {
  readonly ours: Rival;
  readonly compose: Rival;
  readonly composeV2: Rival | undefined;
  /** Other ways in which people start ours. */
  readonly oursOtherwise: readonly Rival[];
  /** Write the settings, secrets and image names that all of them use, and warm every cache once: ours is up afterwards. */
  prepare(say: (line: string) => void): Promise<void>;
  /** The lines that ours has logged so far. */
  log(): Record<string, unknown>[];
  /** Until every health address answers 200 through the edge. */
  answering(rival: Rival): Promise<void>;
}

const healthPaths: Readonly<Record<number, string>> = {
  5678: "/healthz/readiness",
  8080: "/health",
  8283: "/v1/health/",
  7474: "/",
};

/**
 * Ours and Docker Compose, each with a project and ports of its own. The peer's override file only says the names of the
 * images that ours resolves to, so that both run the same ones; its secrets are ours.
 */
export function openRivals(v2: string | undefined): Rivals {
  const installation = createInstallation(`environments:\n  staging: { kind: staging, portOffset: ${offset} }\n`);
  const env = { UNDERSTUDY_ROOT: installation.root, NO_COLOR: "1" };
  const ours = (name: string, program: string, args: string[]): Rival => ({
    name,
    up: { program, args: [...args, "--env", "laptop"], env, cwd: root },
    ports: offset,
    remove: () => installation.run("destroy:staging", "--volumes", "--yes"),
  });
  const compose = (name: string, program: string, tag: string): Rival => {
    const command = (args: string[]): Command => ({
      program,
      args: ["-p", `${installation.project}-${tag}`, ...composeFlags(installation), ...args],
      env: peerPorts(),
      cwd: root,
    });
    return { name, up: command(["up", "-d"]), ports: peerOffset, remove: () => measure(command(["down", "-v"])) };
  };
  return {
    ours: ours("pnpm deploy:staging", "pnpm", ["--silent", "deploy:staging"]),
    oursOtherwise: [
      ours("./understudy deploy:staging", "./understudy", ["deploy:staging"]),
      ours("its node process alone", process.execPath, [
        "--import",
        "./packages/core/src/cli/quick-start.mjs",
        "packages/deploy/src/cli/deploy-staging.ts",
      ]),
    ],
    compose: compose("docker-compose 1.29 up -d", "docker-compose", "v1"),
    composeV2: v2 ? compose("docker compose v2 up -d", v2, "v2") : undefined,
    async prepare(say) {
      say("warming up: one deploy, which also makes the secrets that all use");
      await installation.json("deploy:staging", "--env", "laptop");
      installation.write("images.yml", imagesOverride(installation));
    },
    log: () => readLog(installation),
    answering,
    [Symbol.asyncDispose]: async () => {
      await using engine = await connectEngine("local");
      await removeProject(engine, installation.project);
      await installation[Symbol.asyncDispose]();
    },
  };
}

async function answering({ ports }: Rival): Promise<void> {
  const waiting = Object.entries(healthPaths).map(async ([port, path]) => {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${Number(port) + ports}${path}`, {
        signal: AbortSignal.timeout(2_000),
      }).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.status === 200) return;
      await sleep(100);
    }
  });
  await Promise.all(waiting);
}

function composeFlags({ root: folder }: TestInstallation): string[] {
  const files = ["docker-compose.yml", "docker-compose.staging.yml", "docker-compose.laptop.yml"];
  const all = [...files.map((file) => join(root, "compose", file)), join(folder, "images.yml")];
  return ["--env-file", join(folder, ".env.staging"), ...all.flatMap((file) => ["-f", file])];
}

function peerPorts(): Record<string, string> {
  const ports = { N8N_PORT: 5678, LETTA_PORT: 8283, OPEN_WEBUI_PORT: 8080, POSTGRES_PORT: 5432 };
  const all = { ...ports, NEO4J_HTTP_PORT: 7474, NEO4J_BOLT_PORT: 7687 };
  return Object.fromEntries(Object.entries(all).map(([name, port]) => [name, String(port + peerOffset)]));
}

/** The images of the last deploy, by service. */
function imagesOverride(installation: TestInstallation): string {
  const { id } = JSON.parse(installation.read(".understudy/facts/staging/release.json")) as { id: string };
  const release = JSON.parse(installation.read(`.understudy/releases/${id}/release.json`)) as {
    images: Record<string, { reference: string }>;
  };
  const services = Object.entries(release.images).map(
    ([name, { reference }]) => `  ${name}: { image: "${reference}" }`,
  );
  return `services:\n${services.join("\n")}\n`;
}

function readLog({ root: folder }: TestInstallation): Record<string, unknown>[] {
  const logs = join(folder, "logs/staging");
  return readdirSync(logs)
    .filter((file) => file.startsWith("deploy-"))
    .sort()
    .flatMap((file) => readFileSync(join(logs, file), "utf8").trim().split("\n"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
