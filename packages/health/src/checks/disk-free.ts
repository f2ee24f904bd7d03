import { exec, UserError } from "@understudy/core";
import type { CheckContext } from "./check.ts";

/** Room of one file system. Sizes are in bytes. */
export interface DiskSpace {
  readonly size: number;
  readonly free: number;
  /** In %, of what users may fill. */
  readonly used: number;
}

/** What `df` in a container says of the file systems of these paths, in their order. */
export async function diskFree(
  { engine }: CheckContext,
  container: string,
  paths: readonly string[],
  timeout: number,
): Promise<DiskSpace[]> {
  const { stdout, stderr, exitCode } = await exec(engine, container, ["df", "-Pk", ...paths], { timeout });
  const rows = stdout.split("\n").flatMap((line) => parseRow(line) ?? []);
  if (exitCode === 0 && rows.length === paths.length) return rows;
  if (exitCode === 124) throw new UserError("df does not answer");
  throw new UserError(`df failed with exit code ${exitCode}: ${(stderr || stdout).trim() || "it said nothing"}`);
}

function parseRow(line: string): DiskSpace | undefined {
  const [, size, used, free] = /\s(\d+)\s+(\d+)\s+(\d+)\s+\d+%\s/.exec(line)?.map((part) => Number(part) * 1_024) ?? [];
  if (size === undefined || used === undefined || free === undefined) return undefined;
  return { size, free, used: Math.round((used / (used + free || 1)) * 1_000) / 10 };
}
