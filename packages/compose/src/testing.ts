import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@understudy/core";
import { loadCompose } from "./load.ts";
import type { ComposeModel } from "./model.ts";

/** For tests: loads compose texts as files `0.yml`, `1.yml` … of a folder of their own. */
export async function loadTexts(texts: string[], variables: Record<string, string> = {}): Promise<ComposeModel> {
  const folder = await mkdtemp(join(tmpdir(), "compose-"));
  try {
    const files = texts.map((_, index) => join(folder, `${index}.yml`));
    await Promise.all(texts.map((text, index) => writeFile(files[index] as string, text)));
    return await loadCompose({ files, variables });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** For tests: the message of the UserError that loading throws, from `0.yml:` on. */
export async function refusalOf(texts: string[], variables: Record<string, string> = {}): Promise<string> {
  try {
    await loadTexts(texts, variables);
  } catch (error) {
    if (error instanceof UserError) return error.message.replaceAll(/[^\s(]*\/(?=\d+\.yml)/g, "");
    throw error;
  }
  throw new Error("nothing was refused");
}

/** For tests: one service `a` with further lines, indented as they belong under it. */
export const service = (lines: string): string =>
  `services:\n  a:\n    image: x:1\n${lines.replaceAll(/^(?=.)/gm, "    ")}\n`;
