import type { ContainerInspectInfo } from "@understudy/core";

/** The variables that a container was made with: what it uses, whatever the environment file says by now. */
export function containerEnv(info: ContainerInspectInfo | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (info?.Config.Env ?? []).map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}
