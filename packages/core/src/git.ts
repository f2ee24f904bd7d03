import { spawn } from "node:child_process";
import { UserError } from "./errors.ts";

/** A working tree as git sees it. */
export interface GitState {
  /** The commit that it is at; undefined before the first one. */
  readonly head: string | undefined;
  /** Tracked files that differ from it, by their path in the repository. */
  readonly changed: readonly string[];
  /** Files below the folder that git neither tracks nor ignores, by their path from there. */
  readonly untracked: readonly string[];
}

/** git did not do it. `said` is why, in its own words and one line. */
export class GitFailure extends UserError {
  readonly said: string;

  constructor(command: string, said: string) {
    super(`git ${command} failed: ${said}`);
    this.said = said;
  }
}

/** The commit that a folder is at, with `-dirty` when tracked files differ; undefined outside git or before the first commit. */
export async function gitCommit(folder: string): Promise<string | undefined> {
  if (!(await isInGit(folder))) return undefined;
  const head = await headOf(folder);
  if (head === undefined) return undefined;
  return (await changedFiles(folder)).length ? `${head}-dirty` : head;
}

/** What a folder's working tree is like; undefined outside git. */
export async function gitState(folder: string): Promise<GitState | undefined> {
  if (!(await isInGit(folder))) return undefined;
  const head = await headOf(folder);
  const changed = head === undefined ? [] : await changedFiles(folder);
  const untracked = paths(await git(folder, ["ls-files", "--others", "--exclude-standard", "-z"]));
  return { head, changed, untracked };
}

/** Whether a folder is in a repository's working tree. @throws GitFailure when git does not say */
export async function isInGit(folder: string): Promise<boolean> {
  try {
    return (await git(folder, ["rev-parse", "--is-inside-work-tree"])).trim() === "true";
  } catch (error) {
    if (error instanceof GitFailure && /not a git repository/i.test(error.said)) return false;
    throw error;
  }
}

/** Whether the repository has a commit, reachable from a branch or not. */
export async function hasCommit(folder: string, commit: string): Promise<boolean> {
  return (await unlessRefused(git(folder, ["cat-file", "-e", `${commit}^{commit}`]))) !== undefined;
}

/**
 * What git prints. It never asks a person: what would need one fails.
 * @param options.input for its standard input
 * @param options.env more variables
 * @param options.limit ms until it is ended, with whatever it started
 * @throws GitFailure when it does not succeed, or not in time; UserError when there is no git
 */
export async function git(
  folder: string,
  args: readonly string[],
  options: { input?: string; env?: Readonly<Record<string, string>>; limit?: number } = {},
): Promise<string> {
  const { input = "", env = {}, limit } = options;
  // A group of its own, without a terminal: ssh below it cannot ask there, and ends with it.
  const child = spawn("git", ["-C", folder, ...args], { env: { ...unattended(), ...env }, detached: true });
  let timedOut = false;
  const end = () => {
    timedOut = true;
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    // What ssh leaves behind to share a connection keeps them open.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const timer = limit === undefined ? undefined : setTimeout(end, limit);
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stderr.on("data", (chunk) => errors.push(chunk));
  // git may end without reading: its exit code tells.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject).once("close", resolve);
  try {
    const code = await promise;
    if (code === 0) return Buffer.concat(output).toString();
    const said = reason(Buffer.concat(errors).toString());
    throw new GitFailure(args[0] ?? "", timedOut ? `it did not end in ${Number(limit) / 1_000} s` : said);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new UserError("git is not installed", { next: "Install it, and run again", cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Our own environment, but for what would make git ask, speak another language, or leave the folder for a caller's repository. */
function unattended(): NodeJS.ProcessEnv {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, ...env } = process.env;
  return { ...env, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", SSH_ASKPASS_REQUIRE: "never" };
}

/** The lines that tell why, without a login that an address holds. */
function reason(said: string): string {
  const lines = said
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line);
  const telling = lines.filter((line) => /^(remote|fatal|error):|rejected\]/.test(line));
  return (telling.length ? telling : lines).join("; ").replaceAll(/\/\/[^/@\s]*@/g, "//") || "it does not say why";
}

async function headOf(folder: string): Promise<string | undefined> {
  return (await unlessRefused(git(folder, ["rev-parse", "--verify", "--quiet", "HEAD"])))?.trim();
}

async function changedFiles(folder: string): Promise<string[]> {
  return paths(await git(folder, ["diff", "--name-only", "-z", "HEAD"]));
}

function paths(listed: string): string[] {
  return listed.split("\0").filter((path) => path);
}

/** What git printed; undefined when its answer is no. */
async function unlessRefused(running: Promise<string>): Promise<string | undefined> {
  try {
    return await running;
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}
