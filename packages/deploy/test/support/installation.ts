import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectEngine, type Engine, isGone, parseEnvFile, sourceRoot } from "@understudy/core";

export interface VerbResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** ms. */
  readonly took: number;
}

export interface TestInstallation extends AsyncDisposable {
  readonly root: string;
  /** Unique, so that tests share a host with anything. */
  readonly project: string;
  write(file: string, text: string): void;
  read(file: string): string;
  /** Values of `.env.<environment>`. */
  env(environment: string): Record<string, string>;
  /** Run a verb of package.json in this installation, to its end. */
  run(verb: string, ...flags: string[]): Promise<VerbResult>;
  /** The same, but running on. It leads its own process group. */
  start(verb: string, ...flags: string[]): ChildProcess;
  /** Run a verb, and do something to it once a moment has come. @returns how it ended; undefined when the moment did not come. */
  during(
    verb: readonly [string, ...string[]],
    hasCome: () => boolean,
    act: (pid: number) => unknown,
  ): Promise<VerbResult | undefined>;
  /** Names of the steps in an environment's journal, from a line on. */
  steps(environment: string, from?: number): string[];
  /** Parse the JSON that a verb printed, after checking that it ended well. */
  json<T>(verb: string, ...flags: string[]): Promise<T>;
}

/**
 * A fresh installation in a folder of its own, running this checkout's code. Everything that it put on the local engine
 * is removed at the end.
 * @param settings text of understudy.yml below `project:`
 */
export function createInstallation(settings: string, options: { dockerHost?: string } = {}): TestInstallation {
  const root = mkdtempSync(join(tmpdir(), "understudy-it-"));
  const project = `ust-${Math.random().toString(36).slice(2, 8)}`;
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  write("understudy.yml", `project: ${project}\n${settings}`);
  const env = {
    ...process.env,
    UNDERSTUDY_ROOT: root,
    NO_COLOR: "1",
    ...(options.dockerHost ? { DOCKER_HOST: options.dockerHost } : {}),
  };
  const start = (verb: string, ...flags: string[]) =>
    spawn(process.execPath, [...wordsOf(verb), ...flags], {
      env,
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
  const run = (verb: string, ...flags: string[]) => finished(start(verb, ...flags));
  return {
    root,
    project,
    write,
    read: (file) => readFileSync(join(root, file), "utf8"),
    env: (environment) => parseEnvFile(readFileSync(join(root, `.env.${environment}`), "utf8")),
    run,
    start,
    during: async (verb, hasCome, act) => {
      const child = start(...verb);
      const end = finished(child);
      while (!hasCome() && child.exitCode === null) await sleep(2);
      const came = child.exitCode === null;
      if (came && child.pid) await act(child.pid);
      const result = await end;
      return came ? result : undefined;
    },
    steps: (environment, from = 0) => {
      const file = join(root, `.understudy/journal/${environment}.jsonl`);
      if (!existsSync(file)) return [];
      const lines = readFileSync(file, "utf8").split("\n").slice(from, -1);
      return lines.map((line) => (JSON.parse(line) as { step: string }).step);
    },
    json: async <T>(verb: string, ...flags: string[]) => {
      const { exitCode, stdout, stderr } = await run(verb, ...flags, "--json");
      if (exitCode !== 0) throw new Error(`${verb} ended with ${exitCode}:\n${stderr}${stdout}`);
      return JSON.parse(stdout) as T;
    },
    [Symbol.asyncDispose]: async () => {
      await using engine = await connectEngine(options.dockerHost ?? "local");
      await removeProject(engine, project);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Wait for a child to end and collect what it printed. */
export async function finished(child: ChildProcess): Promise<VerbResult> {
  const started = Date.now();
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
    });
  }
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { exitCode, ...output, took: Date.now() - started };
}

/** Remove every container, network and volume whose stack belongs to a test's project. */
export async function removeProject(engine: Engine, project: string): Promise<void> {
  const ours = (name: string) => name.startsWith(`${project}-`);
  const gone = (error: unknown) => {
    if (!isGone(error)) throw error;
  };
  const containers = await engine.docker.listContainers({ all: true });
  const own = containers.filter(({ Names }) => Names.some((name) => ours(name.slice(1))));
  await Promise.all(own.map(({ Id }) => engine.docker.getContainer(Id).remove({ force: true, v: true }).catch(gone)));
  for (const { Id, Name } of await engine.docker.listNetworks())
    if (ours(Name)) await engine.docker.getNetwork(Id).remove().catch(gone);
  const { Volumes } = await engine.docker.listVolumes();
  for (const { Name } of Volumes ?? []) if (ours(Name)) await engine.docker.getVolume(Name).remove().catch(gone);
}

/** What package.json gives Node for a verb: its flags and the verb's file, whatever folder it is run in. */
function wordsOf(verb: string): string[] {
  const { scripts } = JSON.parse(readFileSync(join(sourceRoot, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const [node, ...words] = scripts[verb]?.split(" ") ?? [];
  if (node !== "node") throw new Error(`package.json has no verb ${verb}`);
  return words.map((word) => (/^(\.\/)?packages\//.test(word) ? join(sourceRoot, word) : word));
}
