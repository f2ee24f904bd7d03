import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { GitFailure, git, isInGit, UserError } from "@understudy/core";

export interface NewFile {
  /** In the folder. */
  readonly path: string;
  readonly text: string;
}

export interface CommitRequest {
  /** In a git repository. */
  readonly folder: string;
  readonly branch: string;
  readonly message: string;
  readonly files: readonly NewFile[];
}

/**
 * Commit files on a branch that begins where the work tree is, and leave the work tree, its index and its branch as they are. A branch of
 * that name is replaced. @returns the commit
 * @throws UserError outside git, before the first commit, and for the branch that is checked out
 */
export async function commitOnBranch({ folder, branch, message, files }: CommitRequest): Promise<string> {
  const base = await headOf(folder);
  const current = (await git(folder, ["branch", "--show-current"])).trim();
  if (current === branch) {
    throw new UserError(`${branch} is the branch that is checked out`, { next: "Go to another one: git switch main" });
  }
  await git(folder, ["check-ref-format", "--branch", branch]);
  const top = (await git(folder, ["rev-parse", "--show-toplevel"])).trim();
  const root = realpathSync(folder);
  const place = mkdtempSync(join(tmpdir(), "understudy-commit-"));
  try {
    const env = { GIT_INDEX_FILE: join(place, "index") };
    await git(folder, ["read-tree", base], { env });
    const copies = files.map(({ text }, index) => {
      const copy = join(place, String(index));
      writeFileSync(copy, text);
      return copy;
    });
    const hashed = await git(folder, ["hash-object", "-w", "--no-filters", "--stdin-paths"], {
      input: copies.join("\n"),
    });
    const blobs = hashed.split("\n");
    const entries = files.map(({ path }, index) => `100644 ${blobs[index]}\t${relative(top, join(root, path))}\0`);
    await git(top, ["update-index", "-z", "--index-info"], { env, input: entries.join("") });
    const tree = (await git(folder, ["write-tree"], { env })).trim();
    const commit = (await git(folder, ["commit-tree", tree, "-p", base, "-F", "-"], { input: message })).trim();
    await git(folder, ["branch", "--force", branch, commit]);
    return commit;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The commit that a branch is at. */
export async function commitOf(folder: string, branch: string): Promise<string> {
  return (await git(folder, ["rev-parse", "--verify", `refs/heads/${branch}`])).trim();
}

/** A file as a branch has it; undefined where there is no such branch or file. */
export async function fileOnBranch(folder: string, branch: string, path: string): Promise<string | undefined> {
  try {
    return await git(folder, ["show", `refs/heads/${branch}:./${path}`]);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

/** Names of the files that a branch has in a folder. */
export async function filesOnBranch(folder: string, branch: string, path: string): Promise<string[]> {
  try {
    const listed = await git(folder, ["ls-tree", "--name-only", "-z", `refs/heads/${branch}`, `${path}/`]);
    return listed.split("\0").filter((name) => name);
  } catch (error) {
    if (error instanceof GitFailure) return [];
    throw error;
  }
}

/** Send a branch to its remote, over what was there. */
export async function pushBranch(folder: string, branch: string): Promise<void> {
  const [remote] = (await git(folder, ["remote"])).split("\n").filter((name) => name);
  if (!remote)
    throw new UserError("git has no remote to push to", { next: "git remote add origin …, or leave --push away" });
  await git(folder, ["push", "--force", "--set-upstream", remote, branch], { limit: 120_000 });
}

async function headOf(folder: string): Promise<string> {
  if (!(await isInGit(folder))) {
    throw new UserError(`${folder} is not in git`, { next: "git init, and commit what is there" });
  }
  try {
    return (await git(folder, ["rev-parse", "--verify", "HEAD"])).trim();
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new UserError(`${folder} has no commit yet`, { next: "Commit what is there first", cause: error });
  }
}
