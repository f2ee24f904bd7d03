import { GitFailure, git, isInGit, operator } from "@understudy/core";

/** A tag of a repository. */
export interface Tag {
  readonly name: string;
  /** Whether it has a message of its own. */
  readonly annotated: boolean;
  /** The commit that it is on. */
  readonly commit: string;
  /** When it was made, or its commit when it is a lightweight one; ISO 8601. Undefined of one that is on no commit. */
  readonly at: string | undefined;
  readonly message: string;
}

/** Every tag named `rollback-…`, whoever made it; none outside git. @throws GitFailure */
export async function rollbackTags(folder: string): Promise<Tag[]> {
  if (!(await isInGit(folder))) return [];
  const format = fields.map((field) => `%(${field})`).join("%00");
  const listed = await git(folder, ["for-each-ref", `--format=${format}%00`, "refs/tags/rollback-*"]);
  const values = listed.split("\0");
  return Array.from({ length: Math.floor(values.length / fields.length) }, (_, index) => {
    const [name = "", type, object = "", target = "", at = "", message = ""] = values.slice(index * fields.length);
    const annotated = type === "tag";
    return {
      name: name.trimStart(),
      annotated,
      commit: annotated ? target : object,
      at: at ? new Date(at).toISOString() : undefined,
      message: annotated ? message : "",
    };
  });
}

const fields = ["refname:strip=2", "objecttype", "objectname", "*objectname", "creatordate:iso-strict", "contents"];

/** Put an annotated tag on a commit. Its message stays as it is, byte for byte. @throws GitFailure, also when there is one of this name */
export async function createTag(
  folder: string,
  { name, commit, message, at }: { name: string; commit: string; message: string; at: Date },
): Promise<void> {
  const args = ["tag", "--annotate", "--no-sign", "--cleanup=verbatim", "--file=-", "--", name, commit];
  const env = { GIT_COMMITTER_DATE: at.toISOString(), ...(await identity(folder)) };
  await git(folder, args, { input: message, env });
}

/** Who makes the tag: whoever git takes us for; on a server where it knows nobody, the operator. */
async function identity(folder: string): Promise<Record<string, string>> {
  try {
    await git(folder, ["var", "GIT_COMMITTER_IDENT"]);
    return {};
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    return { GIT_COMMITTER_NAME: operator(), GIT_COMMITTER_EMAIL: operator() };
  }
}
