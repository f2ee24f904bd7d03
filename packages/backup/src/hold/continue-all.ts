import type { Engine } from "@understudy/core";
import { Watchdog, type Writers } from "./watchdog.ts";

/**
 * Continue what a hold has left standing still because it was killed together with its watchdog. A watchdog does that
 * when it starts.
 * @returns the names of the containers that stood still.
 */
export async function continueAll(engine: Engine, writers: Writers): Promise<readonly string[]> {
  await using watchdog = await Watchdog.start(engine, writers, 0);
  return continuedBy(watchdog, writers);
}

/** What a watchdog that was just started has continued. */
export async function continuedBy(watchdog: Watchdog, { containers }: Writers): Promise<readonly string[]> {
  const [word, ...left] = await watchdog.next();
  if (word !== "ready") throw new Error(`the watchdog did not start: ${[word, ...left].join(" ")}`);
  return containers.filter(({ Id }) => left.includes(Id)).map(({ Name }) => Name.slice(1));
}
