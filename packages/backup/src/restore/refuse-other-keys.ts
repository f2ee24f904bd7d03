import { UserError } from "@understudy/core";
import type { DesiredStack } from "@understudy/environment";
import { type EnvironmentFiles, variablesIn } from "../environment-files.ts";

/** What data is encrypted with: with another one it cannot be read. */
const encrypts = /ENCRYPTION_KEY$|^WEBUI_SECRET_KEY$/;

/** @throws UserError when the environment encrypts with other keys than it did when the backup was taken. */
export function refuseOtherKeys(
  { envFile, environment }: Pick<DesiredStack, "envFile" | "environment">,
  id: string,
  files: EnvironmentFiles,
): void {
  const then = variablesIn(files, environment.name);
  const others = Object.keys(then).filter((name) => encrypts.test(name) && then[name] !== envFile.values[name]);
  if (others.length === 0) return;
  throw new UserError(`${envFile.path} has another ${others.join(", ")} than when ${id} was taken`, {
    next: `What it encrypted could not be read. Move the file away, pnpm backup:restore ${id} --only environment, and deploy`,
  });
}
