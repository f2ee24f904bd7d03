import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { dayOf } from "@understudy/core";
import type { Recipe } from "./recipe.ts";

export interface BuildLog {
  readonly file: string;
  write(line: string): void;
  close(): void;
}

/** Append to `logs/images/<name>-YYYYMMDD.log`. */
export function openBuildLog(logsDir: string, recipe: Recipe, now = new Date()): BuildLog {
  const folder = join(logsDir, "images");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${recipe.name}-${dayOf(now)}.log`);
  const handle = openSync(file, "a", 0o600);
  writeSync(handle, `=== ${now.toISOString()} ${recipe.tag} ${recipe.hash}\n`);
  return {
    file,
    write: (line) => void writeSync(handle, `${line}\n`),
    close: () => closeSync(handle),
  };
}
