import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { sourceRoot, UserError } from "@understudy/core";
import { parse } from "yaml";
import { type Draft, linkBases } from "./bases.ts";
import { bootstrapCommand } from "./bootstrap-command.ts";
import { hashFolder, hashOf } from "./hash.ts";
import { type RecipeFile, recipeFile } from "./recipe-file.ts";

/** One folder of images/: how one image is built here, and the official image that it stands in for. */
export interface Recipe {
  /** The folder's name, e.g. `n8n`. */
  readonly name: string;
  readonly title: string;
  readonly version: string;
  /** What the built image is called, e.g. `understudy/n8n:2.41.1`. */
  readonly tag: string;
  /** The image that compose/ names; undefined for images that no registry has. */
  readonly official: string | undefined;
  /** Names of the recipes whose images this one starts from. */
  readonly bases: readonly string[];
  /** Changes with any file of the folder and with its bases: the value of the image's label `understudy.recipe`. */
  readonly hash: string;
  readonly folder: string;
  /** Set for a base that is made from Debian packages, without a Dockerfile. */
  readonly debian: { readonly suite: string; readonly include: readonly string[] } | undefined;
}

/**
 * Every recipe of a folder, by name.
 * @throws UserError naming the file and what is wrong in it.
 */
export async function recipes(root = join(sourceRoot, "images")): Promise<Recipe[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return linkBases(await Promise.all(names.sort().map((name) => readRecipe(join(root, name), name))));
}

/**
 * The name of the image that is built for a service, e.g. `understudy/n8n:2.41.1`.
 * @throws UserError when there is no such recipe.
 */
export async function builtName(service: string): Promise<string> {
  const known = await recipes();
  return recipeOf(service, known).tag;
}

/** @throws UserError when there is no such recipe. */
export function recipeOf(service: string, known: readonly Recipe[]): Recipe {
  const recipe = known.find(({ name }) => name === service);
  if (recipe) return recipe;
  throw new UserError(`No recipe builds '${service}'`, {
    next: `images/ has: ${known.map(({ name }) => name).join(", ")}`,
    exitCode: 2,
  });
}

async function readRecipe(folder: string, name: string): Promise<Draft> {
  const file = join(folder, "recipe.yml");
  const { image = name, title, version, official, debian } = checked(file, await readText(file));
  return {
    name,
    title,
    version,
    official,
    debian,
    folder,
    tag: `understudy/${image}:${version}`,
    startsFrom: debian ? [] : imagesOfOurs(await readText(join(folder, "Dockerfile"))),
    ownHash: hashOf(await hashFolder(folder), debian ? bootstrapCommand(debian).join(" ") : ""),
  };
}

function checked(file: string, text: string): RecipeFile {
  let data: unknown;
  try {
    data = parse(text);
  } catch (error) {
    throw new UserError(`${file} is not YAML: ${(error as Error).message}`);
  }
  const result = recipeFile.safeParse(data);
  if (result.success) return result.data;
  const problem = result.error.issues.map(({ path, message }) => `${path.join(".") || "file"}: ${message}`).join("; ");
  throw new UserError(`${file} is not a recipe (${problem})`, { next: "docs/images.md lists its keys" });
}

/** The images of ours that a Dockerfile starts from. */
function imagesOfOurs(dockerfile: string): string[] {
  const tags = dockerfile.matchAll(/^FROM\s+(?:--\S+\s+)*(understudy\/\S+)/gim);
  return [...new Set([...tags].map(([, tag]) => tag ?? ""))];
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new UserError(`${file} is missing`, { next: "docs/images.md says what a recipe has", cause: error });
  }
}
