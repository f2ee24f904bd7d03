import type { FileEntry } from "@understudy/data";
import type { FileRule } from "../policy/policy.ts";
import { fileRules } from "./file-rules.ts";

/** What happens to the files of one volume. */
export interface VolumePlan {
  /** As the compose files name it: `n8n-data`. */
  readonly volume: string;
  /** Files and links that are copied. */
  readonly kept: readonly FileEntry[];
  /** Folders that are copied: what is kept lies in them, or a rule keeps them. */
  readonly folders: readonly FileEntry[];
  readonly excluded: readonly Exclusion[];
}

/** Files that stay in production, by reason. */
export interface Exclusion {
  /** `sanitize.yml:30`, `no rule`, … */
  readonly because: string;
  readonly files: number;
  readonly bytes: number;
  /** A few of their names. */
  readonly examples: readonly string[];
}

const mostExamples = 5;

/**
 * Decide every file of a volume. Fails closed: what no rule keeps stays in production, and so does what cannot be masked.
 * @param sqlite files that are SQLite databases. @param own whether a file is each environment's own.
 */
export function planVolume(
  volume: string,
  entries: readonly FileEntry[],
  rules: readonly FileRule[],
  sqlite: ReadonlySet<string>,
  own: (path: string) => boolean,
): VolumePlan {
  const decide = fileRules(rules);
  const refused = ({ path, type }: FileEntry): string | undefined => {
    if (own(path)) return "staging has its own";
    const rule = decide(path);
    if (!rule) return "no rule";
    if (rule.action === "exclude") return rule.source;
    if (path.includes("\uFFFD")) return "its name is not UTF-8";
    if (type === "other") return "a socket, pipe or device";
    return sqlite.has(path) ? "an SQLite database, which is not masked" : undefined;
  };
  const [folders, files] = [entries.filter(isFolder), entries.filter((entry) => !isFolder(entry))];
  const kept = files.filter((entry) => refused(entry) === undefined);
  const needed = new Set(kept.flatMap(({ path }) => foldersOf(path)));
  const keptFolders = folders.filter((entry) => refused(entry) === undefined).map(({ path }) => path);
  for (const path of keptFolders) for (const folder of [path, ...foldersOf(path)]) needed.add(folder);
  return {
    volume,
    kept,
    folders: folders.filter(({ path }) => needed.has(path)),
    excluded: exclusions(files, refused),
  };
}

/** Kept files of which nothing but the content can tell whether the other side has them: same size, another time. */
export function undecided(plan: VolumePlan, live: ReadonlyMap<string, FileEntry>): FileEntry[] {
  return plan.kept.filter((entry) => {
    const there = live.get(entry.path);
    return (
      entry.type === "file" && there?.type === "file" && there.size === entry.size && there.modified !== entry.modified
    );
  });
}

/** Whether the other side has an entry already. @param sameContent what was found out of those that were undecided. */
export function isUnchanged(entry: FileEntry, there: FileEntry | undefined, sameContent: ReadonlySet<string>): boolean {
  if (entry.type !== there?.type || entry.size !== there.size) return false;
  if (entry.attributes !== there.attributes || entry.target !== there.target) return false;
  return entry.modified === there.modified || sameContent.has(entry.path);
}

function exclusions(files: readonly FileEntry[], refused: (entry: FileEntry) => string | undefined): Exclusion[] {
  const groups = Map.groupBy(files, (entry) => refused(entry) ?? "");
  groups.delete("");
  return [...groups].sort().map(([because, group]) => ({
    because,
    files: group.length,
    bytes: group.reduce((sum, { size }) => sum + size, 0),
    examples: group.slice(0, mostExamples).map(({ path }) => path),
  }));
}

/** `a/b/c` lies in `a/b` and `a`. */
function foldersOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function isFolder({ type }: FileEntry): boolean {
  return type === "directory";
}
