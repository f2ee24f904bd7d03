import { connectEngine, type Engine, UserError } from "@understudy/core";
import type { ResolvedImage, ResolvedImages } from "@understudy/environment";
import { buildImages, planBuilds, type Recipe, recipes } from "@understudy/images";
import pLimit from "p-limit";
import { pullImage, RegistryUnreachable } from "./pull.ts";
import { findImage } from "./resolve.ts";
import { sendImage } from "./send.ts";

export type ImageMode = "auto" | "pull" | "build";

export interface AcquireOptions {
  readonly mode: ImageMode;
  readonly report: (line: string) => void;
}

/** Images that are on the host already, and the references that must still come. */
export interface ImageSurvey {
  readonly present: ReadonlyMap<string, ResolvedImage>;
  readonly missing: readonly string[];
}

/** Look which of these references the host can run now: the official image, or our own build of the same recipe. */
export async function surveyImages(
  engine: Engine,
  references: readonly string[],
  mode: ImageMode,
): Promise<ImageSurvey> {
  const known = await recipes();
  const found = await Promise.all(
    [...new Set(references)].map(async (reference) => {
      const recipe = known.find(({ official }) => official === reference);
      const image =
        (mode === "build" && recipe ? undefined : await findImage(engine, reference)) ??
        (mode === "pull" ? undefined : await findBuilt(engine, recipe));
      return { reference, image };
    }),
  );
  return {
    present: new Map(found.flatMap(({ reference, image }) => (image ? [[reference, image] as const] : []))),
    missing: found.flatMap(({ reference, image }) => (image ? [] : [reference])),
  };
}

/**
 * Bring every missing image to the host: pulled there; else built here from package registries and, for another host, sent.
 * @throws UserError for an image that neither a registry nor a recipe has.
 */
export async function acquireImages(
  engine: Engine,
  survey: ImageSurvey,
  options: AcquireOptions,
): Promise<Map<string, ResolvedImage>> {
  const acquired = new Map(survey.present);
  const unreachable = new Map<string, RegistryUnreachable>();
  const limit = pLimit(3);
  await Promise.all(
    survey.missing.map((reference) =>
      limit(async () => {
        if (options.mode === "build") return void unreachable.set(reference, new RegistryUnreachable("images: build"));
        try {
          await pullImage(engine, reference, (line) => options.report(`${reference}: ${line}`));
          const image = await findImage(engine, reference);
          if (image) acquired.set(reference, image);
        } catch (error) {
          if (!(error instanceof RegistryUnreachable)) throw error;
          unreachable.set(reference, error);
        }
      }),
    ),
  );
  if (unreachable.size === 0) return acquired;
  for (const [reference, image] of await buildHere(engine, unreachable, options)) acquired.set(reference, image);
  return acquired;
}

/** One image of our own recipes, which no registry has: the toolbox. */
export async function ensureToolbox(engine: Engine, report: (line: string) => void): Promise<string> {
  const recipe = (await recipes()).find(({ name }) => name === "toolbox");
  if (!recipe) throw new Error("images/toolbox has no recipe");
  const present = await findBuilt(engine, recipe);
  if (present) return present.reference;
  const built = await buildRecipes(engine, [recipe], report);
  return built.get(recipe.name)?.reference ?? recipe.tag;
}

/** Which image each service runs. @throws if one was not resolved. */
export function imagesByService(
  references: Readonly<Record<string, string>>,
  images: ReadonlyMap<string, ResolvedImage>,
): ResolvedImages {
  return Object.fromEntries(
    Object.entries(references).map(([service, reference]) => {
      const image = images.get(reference);
      if (!image) throw new Error(`image ${reference} of ${service} was not resolved`);
      return [service, image];
    }),
  );
}

async function findBuilt(engine: Engine, recipe: Recipe | undefined): Promise<ResolvedImage | undefined> {
  if (!recipe) return undefined;
  const image = await findImage(engine, recipe.tag);
  if (!image) return undefined;
  const { Config } = await engine.docker.getImage(image.id).inspect();
  return Config.Labels?.["understudy.recipe"] === recipe.hash ? image : undefined;
}

async function buildHere(
  engine: Engine,
  wanted: ReadonlyMap<string, RegistryUnreachable>,
  options: AcquireOptions,
): Promise<Map<string, ResolvedImage>> {
  const known = await recipes();
  const chosen = [...wanted].map(([reference, reason]) => {
    const recipe = known.find(({ official }) => official === reference);
    if (recipe && options.mode !== "pull") return { reference, recipe };
    throw new UserError(
      `Image ${reference} cannot be had: its registry does not answer (${reason.message}), and ${recipe ? "images: pull forbids building it" : "no recipe in images/ builds it"}`,
      {
        next: recipe ? "Set images: auto in understudy.yml" : "Check its name and version in compose/, or the network",
        cause: reason,
      },
    );
  });
  const built = await buildRecipes(
    engine,
    chosen.map(({ recipe }) => recipe),
    options.report,
  );
  return new Map(
    chosen.flatMap(({ reference, recipe }) => {
      const image = built.get(recipe.name);
      return image ? [[reference, image] as const] : [];
    }),
  );
}

/** Build on this machine's engine, then send where the target is another one. */
async function buildRecipes(
  engine: Engine,
  wanted: readonly Recipe[],
  report: (line: string) => void,
): Promise<Map<string, ResolvedImage>> {
  await using local = engine.host === "local" ? undefined : await connectEngine("local");
  if (local) await assertSameArchitecture(local, engine);
  const builder = local ?? engine;
  const plan = await planBuilds(wanted);
  await buildImages(plan, { onProgress: ({ image, line }) => report(`${image}: ${line}`) });
  const built = new Map<string, ResolvedImage>();
  for (const recipe of wanted) {
    const image = await findImage(builder, recipe.tag);
    if (!image) throw new Error(`${recipe.tag} was built but is not there`);
    built.set(recipe.name, local ? await sendImage(local, engine, recipe.tag, report) : image);
  }
  return built;
}

/** An image that was built here does not run on a machine of another kind. @throws UserError naming both. */
async function assertSameArchitecture(local: Engine, target: Engine): Promise<void> {
  const [here, there] = await Promise.all(
    [local, target].map(async ({ docker }) => ((await docker.info()) as { Architecture: string }).Architecture),
  );
  if (here === there) return;
  throw new UserError(`Images built on this machine (${here}) do not run on ${target.host} (${there})`, {
    next: "Run this command on a machine of that kind, once; afterwards the images are there",
  });
}
