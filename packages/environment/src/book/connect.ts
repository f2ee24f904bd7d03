import { type Engine, openEngine } from "@understudy/core";
import { refuseElsewhere } from "../journey.ts";
import type { Target } from "../target.ts";
import { hashOf } from "./book.ts";
import { isKept } from "./keeper.ts";
import { readBook } from "./on-host.ts";
import { placeOf, readMark, takeOver } from "./take-over.ts";

/** Whether other operators deploy this environment too. */
export function isShared({ settings }: Pick<Target, "settings">): boolean {
  return settings.state.backend !== "local";
}

/**
 * Connect to the engine of an environment, and learn what other operators noted of it since this installation last looked.
 * @param moving whether it is the verb that brings the environment from one place to another
 * @throws UserError when the engine does not answer, or the environment runs elsewhere
 */
export async function connectTo(target: Target, { moving = false } = {}): Promise<Engine> {
  const engine = await openEngine(target.environment);
  try {
    if (isShared(target) && !isKept(target)) await learn(target, engine);
    if (!moving) await refuseElsewhere(target, engine);
  } catch (error) {
    await engine.close();
    throw error;
  }
  return engine;
}

/** While a run of this installation goes on, or was cut off, its files know more than the book. */
async function learn(target: Target, engine: Engine): Promise<void> {
  const found = await readBook(engine, target.environment.stackName);
  if (!found.book || found.open?.where === placeOf(target.installation)) return;
  const mark = readMark(target);
  const { generation } = found.book;
  const isNewer = !mark || generation > mark.generation;
  if (isNewer || (generation === mark.generation && hashOf(found.book) !== mark.hash) || found.open) {
    takeOver(target, found);
  }
}
