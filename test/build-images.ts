import { buildImages, planBuilds, recipes } from "../packages/images/src/index.ts";

/** Builds the images that are missing, once, before tests that need them run side by side. */
export default async function setup(): Promise<void> {
  await buildImages(await planBuilds(await recipes()));
}
