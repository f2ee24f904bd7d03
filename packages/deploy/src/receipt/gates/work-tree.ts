import type { GateFacts } from "../facts.ts";
import { pass, refuse, some, type Verdict } from "./verdict.ts";

/** Where a file that git does not know may be part of what is shipped. */
const shipped = /^((compose|images|workflows|checks|hooks)\/|understudy\.yml$)/;

/** What goes to production is in git, whole. */
export function workTree({ git, staging }: GateFacts): Verdict {
  if (!git)
    return refuse(
      "this installation is no git clone",
      "Make it one (git init, git add, git commit); docs/promotion.md says why",
    );
  if (!git.head)
    return refuse("git has no commit yet", "Commit what staging is to run, then: pnpm deploy:staging --refresh");
  const dirty = [...git.changed, ...git.untracked.filter((path) => shipped.test(path))];
  if (dirty.length) {
    return refuse(
      `${dirty.length} files are not committed: ${some(dirty)}`,
      "Commit or stash them, then: pnpm deploy:staging --refresh",
    );
  }
  if (!staging.release) return pass("clean");
  const { commit } = staging.release;
  if (!commit || commit.endsWith("-dirty")) {
    return refuse(
      `${staging.environment} was deployed from files that were not committed`,
      "Deploy it from this commit: pnpm deploy:staging --refresh",
    );
  }
  const later = commit === git.head ? "" : `; the working tree is at ${git.head.slice(0, 12)}`;
  return pass(`clean, staging's commit is ${commit.slice(0, 12)}${later}`);
}
