import { type DesiredStack, setVariable } from "@understudy/environment";
import { type EnvironmentFiles, variablesIn } from "../environment-files.ts";

/** n8n keeps its API keys in its data: from now on it knows the one of then. */
export function adoptApiKey(
  { envFile, environment }: Pick<DesiredStack, "envFile" | "environment">,
  files: EnvironmentFiles,
): void {
  const name = "N8N_API_KEY";
  const then = variablesIn(files, environment.name)[name];
  if (then && then !== envFile.values[name]) setVariable(envFile.path, name, then);
}
