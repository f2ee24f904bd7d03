import { GitFailure, git, isInGit } from "@understudy/core";

/** How long a remote may take, ms. */
const usualLimit = 30_000;

/** Where rollback points are sent to. */
export interface RemoteState {
  readonly name: string;
  /** Why it cannot be reached, in git's words. */
  readonly unreachable?: string;
}

/** Where a rollback point was sent, or why it stays here only, for people. */
export type Sent = { readonly to: string } | { readonly warning: string };

/** Whether the remote answers; undefined when there is none. */
export async function askRemote(folder: string, limit = usualLimit): Promise<RemoteState | undefined> {
  const name = await remoteOf(folder);
  if (name === undefined) return undefined;
  const unreachable = await whyNot(git(folder, ["ls-remote", "--quiet", name, "HEAD"], { limit }));
  return unreachable === undefined ? { name } : { name, unreachable };
}

/** Send a tag to the remote. A remote that is not there, refuses or takes too long is a warning: the point stands here. */
export async function sendTag(folder: string, tag: string, limit = usualLimit): Promise<Sent> {
  const name = await remoteOf(folder);
  if (name === undefined) return { warning: `${tag} is kept here only: git has no remote` };
  const refused = await whyNot(git(folder, ["push", "--quiet", name, `refs/tags/${tag}`], { limit }));
  if (refused === undefined) return { to: name };
  return {
    warning: `${tag} is kept here only: ${name} did not take it (${refused}). Send it: git push ${name} ${tag}`,
  };
}

/** `origin`, or else the first. */
async function remoteOf(folder: string): Promise<string | undefined> {
  if (!(await isInGit(folder))) return undefined;
  const names = (await git(folder, ["remote"])).split("\n").filter((name) => name);
  return names.includes("origin") ? "origin" : names[0];
}

async function whyNot(running: Promise<unknown>): Promise<string | undefined> {
  try {
    await running;
    return undefined;
  } catch (error) {
    if (error instanceof GitFailure) return error.said;
    throw error;
  }
}
