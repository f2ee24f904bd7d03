import picomatch from "picomatch";
import type { FileRule } from "../policy/policy.ts";

/** Which rule decides a path, if any: the first whose pattern holds. */
export type DecideFile = (path: string) => FileRule | undefined;

/** Make rules ready to be asked. */
export function fileRules(rules: readonly FileRule[]): DecideFile {
  const matchers = rules.map((rule) => ({ rule, matches: fileMatcher(rule.pattern) }));
  return (path) => matchers.find(({ matches }) => matches(path))?.rule;
}

/**
 * A pattern as in .gitignore, over paths below a volume's root: `*.log` at any depth, `/config` at the root, `uploads/` with
 * all below it.
 */
export function fileMatcher(pattern: string): (path: string) => boolean {
  const name = pattern.replace(/^\//, "").replace(/\/$/, "");
  const anchored = pattern.replace(/\/$/, "").includes("/");
  const glob = anchored ? name : `**/${name}`;
  return picomatch([glob, `${glob}/**`], { dot: true, flags: "s" });
}
