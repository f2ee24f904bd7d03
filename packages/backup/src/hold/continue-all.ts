import type { Engine } from "@understudy/core";
import type { Writers } from "./watchdog.ts";
import { Watchdogs } from "./watchdogs.ts";

/**
 * Continue what a hold has left standing still because it was killed together with its watchdog. A watchdog does that
 * when it starts.
 * @returns the names of the containers that stood still.
 */
export async function continueAll(engine: Engine, writers: Writers): Promise<readonly string[]> {
  await using watchdogs = await Watchdogs.start(engine, writers, 0);
  return continuedBy(watchdogs, writers);
}

/** What watchdogs that were just started have continued. */
export async function continuedBy(watchdogs: Watchdogs, { containers }: Writers): Promise<readonly string[]> {
  const [word, ...left] = await watchdogs.next();
  if (word !== "ready") throw new Error(`the watchdog did not start: ${[word, ...left].join(" ")}`);
  return containers.filter(({ Id }) => left.includes(Id)).map(({ Name }) => Name.slice(1));
}
