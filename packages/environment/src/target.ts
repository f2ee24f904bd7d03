import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ComposeModel, expandReplicas, loadCompose } from "@understudy/compose";
import {
  type Environment,
  environmentOfKind,
  findInstallation,
  type Installation,
  isElsewhere,
  loadSettings,
  resolveEnvironment,
  type Settings,
  UserError,
} from "@understudy/core";
import { forSwarm } from "./for-swarm.ts";
import { readHostFacts } from "./host-facts.ts";
import { managedPostgresFile } from "./managed-postgres.ts";
import { offsetPorts } from "./offset-ports.ts";
import { chooseProfile, type Profile, type ProfileChoice } from "./profile.ts";
import { type Replicas, readScale, replicasOf } from "./scale.ts";
import { readSources, type Sources } from "./sources.ts";
import { composeVariables, type EnvironmentFile, readEnvironmentFile } from "./variables.ts";

/** How a person names an environment on the command line. */
export interface EnvironmentChoice {
  readonly environment?: string | undefined;
  readonly staging?: boolean | undefined;
  readonly production?: boolean | undefined;
}

export interface Target {
  readonly installation: Installation;
  readonly settings: Settings;
  readonly environment: Environment;
  /** Compose files to merge instead of the working tree's: those of a record. */
  readonly recordedFiles?: readonly string[];
  /** Numbers of containers by service that are to be, instead of those that `pnpm scale` last set. */
  readonly scale?: Replicas;
}

/** A target whose stack is known: what should run, and with which values. */
export interface DesiredStack extends Target {
  readonly profile: ProfileChoice;
  /** Each container is a service of it: what runs more than once was spread out. */
  readonly model: ComposeModel;
  /** How many containers of each service of the compose files run. */
  readonly replicas: Replicas;
  readonly envFile: EnvironmentFile;
  /** The compose files that were merged, in order, and the text of everything that they are made from. */
  readonly files: readonly string[];
  readonly sources: Sources;
  /** Every value that must never be shown. */
  readonly secretValues: readonly string[];
}

/** Settings and environment of a verb. @throws UserError for wrong settings or names, or a wrong kind. */
export function chooseTarget(choice: EnvironmentChoice, kind?: "production" | "staging"): Target {
  const installation = findInstallation();
  const settings = loadSettings(installation);
  if (choice.staging && choice.production) {
    throw new UserError("--staging and --production exclude each other", { exitCode: 2 });
  }
  const short = choice.production ? "production" : choice.staging ? "staging" : undefined;
  const name = choice.environment ?? environmentOfKind(settings, short ?? kind ?? "staging");
  const environment = resolveEnvironment(settings, name);
  const wanted = kind ?? short;
  if (wanted && environment.kind !== wanted) {
    throw new UserError(`Environment "${name}" is of kind ${environment.kind}, and this verb is for ${wanted}`, {
      next: `Name one of kind ${wanted} with --environment`,
    });
  }
  return { installation, settings, environment };
}

/** Laptop or server: as asked, as set, or as the machine looks. */
export function resolveProfile(environment: Environment, asked: Profile | undefined): ProfileChoice {
  if (asked) return { profile: asked, because: "asked for by --env" };
  if (environment.profile !== "auto") return { profile: environment.profile, because: "set in understudy.yml" };
  return chooseProfile({ ...readHostFacts(), remote: isElsewhere(environment.host) });
}

/** Merge an environment's compose files with its values. */
export async function desiredStack(
  target: Target,
  profile: ProfileChoice,
  envFile: EnvironmentFile = readEnvironmentFile(target),
): Promise<DesiredStack> {
  const variables = composeVariables(target, envFile);
  const files = target.recordedFiles ?? composeFiles(target, profile.profile);
  const written = await loadCompose({ files: [...files], variables });
  const replicas = replicasOf(written, target.scale ?? readScale(target));
  const { engine, portOffset } = target.environment;
  const spread = engine === "swarm" ? forSwarm(written, replicas) : expandReplicas(written, replicas);
  const model = offsetPorts(spread, portOffset);
  const { secretValues } = envFile;
  return { ...target, profile, model, replicas, envFile, files, sources: readSources(files), secretValues };
}

/** The files to merge, in order: base, then staging's, the laptop's, the queue's, a managed Postgres', then the environment's own. */
export function composeFiles({ environment, installation }: Target, profile: Profile): string[] {
  const shared = [
    "docker-compose.yml",
    ...(environment.kind === "staging" ? ["docker-compose.staging.yml"] : []),
    ...(profile === "laptop" ? ["docker-compose.laptop.yml"] : []),
    ...(environment.n8n === "queue" ? ["docker-compose.queue.yml"] : []),
    ...(environment.postgres.external ? [managedPostgresFile] : []),
  ].map((file) => join(installation.composeDir, file));
  const files = [...shared, ...environment.compose.map((file) => join(installation.root, file))];
  for (const file of files) {
    if (!existsSync(file))
      throw new UserError(`Compose file ${file} does not exist`, {
        next: "Check compose: of the environment in understudy.yml",
      });
  }
  return files;
}
