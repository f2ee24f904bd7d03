import type { DesiredStack } from "@understudy/environment";
import type { TurnoverLimits } from "./turnovers.ts";

/** The service that all others are reached through. */
export const edgeService = "haproxy";

/** How long requests and connections that are under way are waited for, ms. */
const drain = 10_000;

/** How long the edge may let requests of an environment wait. */
export function turnoverLimits({ settings, environment }: DesiredStack): TurnoverLimits {
  return {
    hold: { hold: settings.promote.holdSeconds * 1_000, drain },
    drain,
    healthy: environment.healthTimeoutSeconds * 1_000,
  };
}
