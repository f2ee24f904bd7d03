import { UserError } from "@understudy/core";
import type { Workflow } from "@understudy/n8n";
import { freshnessPrefix } from "../freshness-tests.ts";
import type { ReadTest } from "./read-tests.ts";

/** Which tests a person asked for. */
export interface Choice {
  /** To be run, in order. */
  readonly tests: readonly ReadTest[];
  /** Whether any freshness is to be looked at. */
  readonly freshness: boolean;
  /** Whether a result is one of those that were asked for. */
  isChosen(name: string): boolean;
}

/** Stands for the freshness of every workflow. */
const everyFreshness = "freshness";

/**
 * @param asked names of tests, also several with commas between them; undefined: all
 * @throws UserError for a name that no test has
 */
export function chooseTests(
  all: readonly ReadTest[],
  { workflows }: { readonly workflows: readonly Pick<Workflow, "name">[] },
  asked: readonly string[] | undefined,
): Choice {
  const ofWorkflows = workflows.map(({ name }) => `${freshnessPrefix}${name}`);
  const names = [...all.map(({ name }) => name), everyFreshness, ...ofWorkflows];
  const only = asked?.flatMap((name) => (names.includes(name) ? name : name.split(",")));
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`No test is called "${unknown}"`, { next: `There are: ${names.slice(0, 30).join(", ")}` });
  }
  const periods = all.filter(({ fresh }) => fresh).map(({ name }) => name);
  const isFreshness = (name: string) => name.startsWith(freshnessPrefix) || periods.includes(name);
  const isChosen = (name: string) =>
    !only || only.includes(name) || (only.includes(everyFreshness) && isFreshness(name));
  return {
    tests: all.filter(({ name, fresh }) => !fresh && isChosen(name)),
    freshness: !only || only.some((name) => name === everyFreshness || isFreshness(name)),
    isChosen,
  };
}
