import type { KeyObject } from "node:crypto";
import { UserError } from "@understudy/core";
import { baseCommit, type Manifest, readMessage } from "./manifest.ts";
import { tagTime } from "./tag-name.ts";
import type { Tag } from "./tags.ts";

/** A rollback point as it was found: by its tag, by what is kept of it, or both. */
export interface Point {
  readonly tag: string;
  /** ISO 8601; null when nothing tells. */
  readonly time: string | null;
  /** What its tag is on. */
  readonly commit: string;
  /** Absent when its message is not to be trusted. */
  readonly manifest?: Manifest;
  /** Why it cannot be gone back to. */
  readonly problem?: string;
  /** Its tag is not in git. */
  readonly deleted?: true;
}

/** Judge what git and the installation hold of the rollback points. Pure. @param kept message by tag */
export function readPoints(
  tags: readonly Tag[],
  kept: ReadonlyMap<string, string>,
  key: KeyObject | undefined,
): Point[] {
  const there = new Set(tags.map(({ name }) => name));
  const deleted = [...kept].filter(([tag]) => !there.has(tag));
  return [...tags.map((tag) => ofTag(tag, key)), ...deleted.map(([tag, message]) => ofKept(tag, message, key))];
}

function ofTag({ name, at, commit, annotated, message }: Tag, key: KeyObject | undefined): Point {
  const found = { tag: name, time: at ?? null, commit };
  if (!annotated) return { ...found, problem: "it is no point of ours, but a plain tag" };
  const read = reading(message, key);
  if (typeof read === "string") return { ...found, problem: read };
  if (read.tag !== name) return { ...found, problem: `it holds the message of ${read.tag}` };
  const whole = { ...found, time: read.at, manifest: read };
  if (baseCommit(read) === commit) return whole;
  return { ...whole, problem: `its tag was moved from ${baseCommit(read).slice(0, 12)} to ${commit.slice(0, 12)}` };
}

/** Its tag is not there, so what it held is known from here alone. */
function ofKept(tag: string, message: string, key: KeyObject | undefined): Point {
  const read = reading(message, key);
  const gone = "its tag is not in git: it was deleted, or never made because a run was cut off";
  if (typeof read === "string")
    return { tag, time: tagTime(tag).toISOString(), commit: "unknown", problem: `${gone}; ${read}`, deleted: true };
  return { tag, time: read.at, commit: baseCommit(read), manifest: read, problem: gone, deleted: true };
}

/** The manifest, or why there is none. */
function reading(message: string, key: KeyObject | undefined): Manifest | string {
  try {
    return readMessage(message, key);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
