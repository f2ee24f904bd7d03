import { buildPage, isPageCurrent } from "../packages/console/src/build-page.ts";

/** Builds the console's page when it is not there, or old: once, before tests that need it run side by side. */
export default async function setup(): Promise<void> {
  if (!isPageCurrent()) await buildPage();
}
