import * as pulumi from "@pulumi/pulumi";
import type { Noted } from "./waits.ts";

/** Hears of every service, replaced or not, in a run that is no preview. */
export interface Turns {
  /** Resolves once a service's containers may be replaced; the engine hears of it only then. */
  before(service: string): Promise<void>;
  /** The engine has made or changed it, or left it as it was. */
  after(service: string): void;
}

/** The same, which also writes down why a service may not be replaced. */
export function notedTurns(turns: Turns, noted: Noted): Turns {
  return {
    before: noted((service: string) => turns.before(service)),
    after: (service) => turns.after(service),
  };
}

/** What a service depends on, once its containers may be replaced; asked last, so that what waits for it waits no longer than it must. */
export function onceItMay(
  turns: Turns | undefined,
  service: string,
  needed: pulumi.Input<pulumi.Resource>[],
): pulumi.Input<pulumi.Input<pulumi.Resource>[]> {
  if (!turns || pulumi.runtime.isDryRun()) return needed;
  return pulumi.all(needed).apply(async (resources) => {
    await turns.before(service);
    return resources;
  });
}

export function tellWhenMade(turns: Turns | undefined, service: string, made: pulumi.CustomResource): void {
  if (turns && !pulumi.runtime.isDryRun()) made.id.apply(() => turns.after(service));
}
