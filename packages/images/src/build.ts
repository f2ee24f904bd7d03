import { findInstallation, secrets as redactor, UserError } from "@understudy/core";
import pLimit from "p-limit";
import { bootstrapCommand, importCommand } from "./bootstrap-command.ts";
import { buildCommand, environmentVariable, labelsOf } from "./build-command.ts";
import { buildEnvironment, buildSecrets, privateValues } from "./build-environment.ts";
import { openBuildLog } from "./build-log.ts";
import { type DockerClient, findBuildClient } from "./docker-client.ts";
import type { Build, BuildPlan } from "./plan.ts";
import type { Recipe } from "./recipe.ts";
import { runLines, runPipe } from "./run.ts";
import { StepReader } from "./steps.ts";

export interface BuildProgress {
  /** The recipe's name. */
  readonly image: string;
  readonly line: string;
}

export interface BuildOptions {
  readonly onProgress?: (progress: BuildProgress) => void;
  /** How many images are built at once; 2 unless told. */
  readonly concurrency?: number;
  readonly logsDir?: string;
}

/**
 * Build the planned images on the local engine, bases first, several at once; full logs go to logs/images/.
 * An image gets its name only when it is whole: a build that is killed leaves none, and the next begins with the steps that were done.
 * @throws UserError with the image, the step that failed, its last lines and the log.
 */
export async function buildImages(plan: BuildPlan, options: BuildOptions = {}): Promise<void> {
  if (plan.length === 0) return;
  redactor.add(privateValues(process.env));
  const client = await findBuildClient();
  const limit = pLimit(options.concurrency ?? 2);
  const started = new Map<string, Promise<void>>();
  for (const build of plan) started.set(build.recipe.name, buildAfterBases(build));
  const results = await Promise.allSettled(started.values());
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;

  async function buildAfterBases({ recipe }: Build): Promise<void> {
    await Promise.all(recipe.bases.map((base) => started.get(base)));
    await limit(() => buildOne(client, recipe, options));
  }
}

async function buildOne(client: DockerClient, recipe: Recipe, options: BuildOptions): Promise<void> {
  const say = (line: string): void => options.onProgress?.({ image: recipe.name, line });
  const steps = new StepReader();
  const log = openBuildLog(options.logsDir ?? findInstallation().logsDir, recipe);
  const onLine = (line: string): void => {
    const clean = redactor.redact(line);
    log.write(clean);
    const step = steps.read(clean);
    if (step) say(step);
  };
  const begun = Date.now();
  try {
    const built = recipe.debian
      ? await bootstrap(client, recipe, recipe.debian, onLine)
      : await buildDockerfile(client, recipe, onLine);
    if (!built) throw failure(recipe, steps, log.file);
  } finally {
    log.close();
  }
  say(`built in ${Math.round((Date.now() - begun) / 1000)} s`);
}

async function buildDockerfile(client: DockerClient, recipe: Recipe, onLine: (line: string) => void): Promise<boolean> {
  const files = buildSecrets();
  const environment = buildEnvironment(process.env, files);
  const env = { ...process.env, DOCKER_BUILDKIT: "1", [environmentVariable]: environment };
  return (await runLines(buildCommand(client, recipe, files), onLine, env)) === 0;
}

async function bootstrap(
  client: DockerClient,
  recipe: Recipe,
  debian: NonNullable<Recipe["debian"]>,
  onLine: (line: string) => void,
): Promise<boolean> {
  const run = await runPipe(bootstrapCommand(debian), importCommand(client.path, labelsOf(recipe)), onLine).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      throw new UserError(`${recipe.tag} is made by mmdebstrap, which is not installed`, {
        next: "Install it: sudo apt-get install -y mmdebstrap debian-archive-keyring",
      });
    },
  );
  if (run.to !== 0) return false;
  // Half a file system imports without complaint: only a whole one gets the name.
  const command = run.from === 0 ? ["tag", run.answer, recipe.tag] : ["rmi", run.answer];
  return (await runLines([client.path, ...command], onLine)) === 0 && run.from === 0;
}

function failure(recipe: Recipe, steps: StepReader, logFile: string): UserError {
  const { step, lines } = steps.failure();
  const tail = lines.map((line) => `\n  ${line}`).join("");
  return new UserError(`Building ${recipe.tag} failed in step '${step}':${tail}\n`, {
    next: `The whole log is ${logFile}. Mend the cause and run the same command again: finished steps are kept`,
  });
}
