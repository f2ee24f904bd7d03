import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GitFailure, git, type Installation, UserError } from "@understudy/core";

export interface RollbackPoint {
  readonly tag: string;
  /** The tag's message. */
  readonly text: string;
}

/**
 * Every rollback point of an installation: as its tags say, and as it kept their messages when it made them. A tag can be deleted
 * or altered, and made again from what was kept.
 * @throws UserError when git does not tell.
 */
export async function rollbackPoints({ root, stateDir }: Installation): Promise<RollbackPoint[]> {
  return [...(await tagged(root)), ...kept(join(stateDir, "points"))];
}

async function tagged(folder: string): Promise<RollbackPoint[]> {
  if (!isInRepository(folder)) return [];
  const format = "%(refname:short)%00%(contents)%01";
  try {
    const listed = await git(folder, ["for-each-ref", `--format=${format}`, "refs/tags/rollback-*"]);
    return listed.split("\u0001").flatMap((part) => {
      const [tag = "", text] = part.trimStart().split("\0");
      return text === undefined ? [] : [{ tag, text }];
    });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new UserError(`git does not tell the rollback points of ${folder}: ${error.said}`, {
      next: "Mend that and run the same command again",
      cause: error,
    });
  }
}

/** One without a message is what a killed run left. */
function kept(points: string): RollbackPoint[] {
  const tags = existsSync(points) ? readdirSync(points) : [];
  return tags
    .map((tag) => ({ tag, file: join(points, tag, "message.txt") }))
    .filter(({ file }) => existsSync(file))
    .map(({ tag, file }) => ({ tag, text: readFileSync(file, "utf8") }));
}

/** Also of one that is damaged, where git itself would say that there is none. */
function isInRepository(folder: string): boolean {
  if (existsSync(join(folder, ".git"))) return true;
  return dirname(folder) !== folder && isInRepository(dirname(folder));
}
