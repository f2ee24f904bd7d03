import { findInstallation, loadSettings, resolveEnvironment, UserError } from "@understudy/core";
import { caFile } from "@understudy/environment";
import type { ManagedPlace } from "./finding.ts";

/** The servers that the settings of this installation name; none where they cannot be read, which every other verb says. */
export function managedPlaces(): ManagedPlace[] {
  try {
    const installation = findInstallation();
    const settings = loadSettings(installation);
    return Object.keys(settings.environments).flatMap((name) => {
      const environment = resolveEnvironment(settings, name);
      const { external } = environment.postgres;
      if (!external) return [];
      const place = `${external.host}:${external.port}`;
      return [{ environment: name, place, ca: caFile({ environment, installation }) }];
    });
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
