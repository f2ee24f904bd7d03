import type { DockerClient } from "./docker-client.ts";
import type { Recipe } from "./recipe.ts";

/** The variable that carries the build environment to the client, which hands it on as a secret. */
export const environmentVariable = "UNDERSTUDY_BUILD_ENV";

export interface BuildSecrets {
  /** A file of certificates, when this machine has one. */
  readonly certificates: string | undefined;
  /** Maven's settings of this user, when there are any. */
  readonly mavenSettings: string | undefined;
}

/** The command that builds a recipe's Dockerfile. Secrets are mounted while a step runs; none gets into the image. */
export function buildCommand(client: DockerClient, recipe: Recipe, secrets: BuildSecrets): string[] {
  const files = { ca: secrets.certificates, "maven-settings": secrets.mavenSettings };
  return [
    client.path,
    ...(client.buildx ? ["buildx", "build", "--builder", "default", "--load"] : ["build"]),
    "--progress=plain",
    `--secret=id=env,env=${environmentVariable}`,
    ...Object.entries(files).flatMap(([id, file]) => (file ? [`--secret=id=${id},src=${file}`] : [])),
    ...Object.entries(labelsOf(recipe)).map(([name, value]) => `--label=${name}=${value}`),
    `--tag=${recipe.tag}`,
    recipe.folder,
  ];
}

/** What every image built here is marked with; `understudy.recipe` tells whether it is still what the recipe makes. */
export function labelsOf(recipe: Recipe): Record<string, string> {
  return {
    "org.opencontainers.image.title": recipe.title,
    "org.opencontainers.image.version": recipe.version,
    "understudy.recipe": recipe.hash,
  };
}
