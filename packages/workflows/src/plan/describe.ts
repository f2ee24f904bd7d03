import type { ConflictKind, Step } from "./plan-steps.ts";

const conflicts: Readonly<Record<ConflictKind, string>> = {
  changed: "was changed here since the migration was made",
  exists: "is here already, and is another one",
  deleted: "was deleted here",
  live: "is archived by the migration, and live here",
};

/** Why a migration cannot simply be applied, in words that follow the workflow's name. */
export function conflictInWords(kind: ConflictKind): string {
  return conflicts[kind];
}

/** What to do about a conflict. */
export function conflictNext(kind: ConflictKind): string {
  if (kind === "live") return "Switch it off in n8n, and run again";
  return "--theirs takes the migration's, --ours keeps what is here; docs/workflow-conflicts.md";
}

/** One line of a plan. */
export function stepLine({ migration, action, conflict, forced }: Step): string {
  const { name, content } = migration;
  const why = conflict ? ` (${conflictInWords(conflict)})` : "";
  const words = {
    create: forced ? `make it anew${why}` : "new",
    update: forced ? `write over it${why}` : "update",
    none: "is here already",
    keep: `keep what is here${why}`,
    conflict: `conflict${why}`,
    wait: "waits for the conflict before it",
  };
  return `${name}: "${content.name}": ${words[action]}`;
}
