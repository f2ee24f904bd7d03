import { existsSync } from "node:fs";
import { hasCommit, isInGit, operator, UserError } from "@understudy/core";
import { type Recorded, recordedDeployment, type Target } from "@understudy/environment";
import { signingKey } from "../receipt/key.ts";
import { provenImages } from "../receipt/proven-images.ts";
import { receiptHash } from "../receipt/store.ts";
import { dropKept, keepFiles, keepMessage, pointFolder } from "./kept.ts";
import { baseCommit, type Manifest, writeMessage } from "./manifest.ts";
import { type Sent, sendTag } from "./remote.ts";
import { tagName } from "./tag-name.ts";
import { createTag } from "./tags.ts";

export interface PointRequest extends Pick<Manifest, "backup" | "databases"> {
  readonly at: Date;
  /** Pulumi's export of the environment's state, as JSON. */
  readonly checkpoint: string;
  /** How long the remote may take, ms. */
  readonly limit?: number;
}

export interface CreatedPoint {
  readonly tag: string;
  readonly sent: Sent;
}

/**
 * Make a rollback point of what an environment runs now, under its lock: its files kept, its tag made, and sent.
 * @throws UserError when nothing is recorded of the environment, or git does not take the tag; then nothing is left of it
 */
export async function createPoint(target: Target, request: PointRequest): Promise<CreatedPoint> {
  const { installation } = target;
  const { recorded, commit } = await baseOf(target);
  const tag = tagName(request.at);
  const folder = pointFolder(installation, tag);
  if (existsSync(folder)) throw new UserError(`There is a rollback point ${tag} already`, { next: "Run it again" });
  try {
    const files = keepFiles(folder, recorded, request.checkpoint);
    const manifest = manifestOf(target, request, { recorded, commit, tag, files });
    const message = writeMessage(manifest, signingKey(installation));
    keepMessage(folder, message);
    await createTag(installation.root, { name: tag, commit: baseCommit(manifest), message, at: request.at });
  } catch (error) {
    dropKept(folder);
    throw error;
  }
  return { tag, sent: await sendTag(installation.root, tag, request.limit) };
}

interface Base {
  readonly recorded: Recorded;
  readonly commit: string;
}

async function baseOf(target: Target): Promise<Base> {
  const { environment, installation } = target;
  const { root } = installation;
  if (!(await isInGit(root))) {
    throw new UserError(`A rollback point is a tag in git, and ${root} is no git clone`, {
      next: "Make it one: git init, git add, git commit",
    });
  }
  const recorded = recordedDeployment(target);
  if (!recorded) throw new UserError(`Nothing is recorded of ${environment.name}, so there is nothing to go back to`);
  const { commit } = recorded.release;
  if (!commit) {
    throw new UserError(`${environment.name} was deployed outside git: its rollback point has no commit to be on`);
  }
  if (!(await hasCommit(root, baseCommit({ commit })))) {
    throw new UserError(`git has no commit ${commit}, which ${environment.name} was deployed from`, {
      next: "Fetch it: git fetch --all",
    });
  }
  return { recorded, commit };
}

function manifestOf(
  { installation, environment }: Target,
  { at, backup, databases }: PointRequest,
  { recorded: { release }, commit, tag, files }: Base & Pick<Manifest, "tag" | "files">,
): Manifest {
  return {
    version: 1,
    tag,
    environment: environment.name,
    release: release.id,
    commit,
    receipt: receiptHash(installation, release.id),
    images: provenImages(release.images),
    backup,
    databases,
    files,
    by: operator(),
    at: at.toISOString(),
  };
}
