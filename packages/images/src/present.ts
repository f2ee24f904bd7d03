import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { messageOf, UserError } from "@understudy/core";
import { findBuildClient } from "./docker-client.ts";
import { type BuildPlan, orderBuilds } from "./plan.ts";
import { type Recipe, recipes } from "./recipe.ts";

/**
 * What must be built on the local engine for the wanted images to be there and up to date.
 * @throws UserError when the engine does not answer.
 */
export async function planBuilds(wanted: readonly Recipe[]): Promise<BuildPlan> {
  const all = await recipes();
  return orderBuilds(all, wanted, await presentImages(all));
}

/** The label `understudy.recipe` of each recipe's image that is on the engine, by tag. */
async function presentImages(all: readonly Recipe[]): Promise<Map<string, string>> {
  const { path } = await findBuildClient();
  const format = "{{.Repository}}:{{.Tag}}";
  const there = await docker(path, ["image", "ls", "--format", format, "--filter", "reference=understudy/*"]);
  const tags = all.map(({ tag }) => tag).filter((tag) => there.includes(tag));
  if (tags.length === 0) return new Map();
  const labels = await docker(path, [
    "image",
    "inspect",
    "--format",
    '{{index .Config.Labels "understudy.recipe"}}',
    ...tags,
  ]);
  return new Map(tags.map((tag, index) => [tag, labels[index] ?? ""]));
}

async function docker(path: string, args: readonly string[]): Promise<string[]> {
  try {
    const { stdout } = await promisify(execFile)(path, args);
    return stdout.split("\n").slice(0, -1);
  } catch (error) {
    const reason = ((error as { stderr?: string }).stderr ?? messageOf(error)).trim();
    throw new UserError(`The Docker engine does not answer: ${reason}`, {
      next: "Start it: ./understudy setup",
      cause: error,
    });
  }
}
