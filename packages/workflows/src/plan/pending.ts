import { UserError } from "@understudy/core";

/** What an environment's `migration_metadata` says of a migration. */
export interface AppliedMigration {
  readonly name: string;
  /** Of the file then; null where somebody else wrote the row. */
  readonly checksum: string | null;
  readonly workflowId: string;
}

/** Something that is not as it should be with the files and what was applied of them. */
export interface Problem {
  readonly kind: "edited" | "missing" | "out-of-order" | "unreadable";
  readonly migration: string;
  readonly message: string;
  readonly next: string;
}

export interface Pending<File> {
  /** In the order in which they apply. */
  readonly files: readonly File[];
  readonly problems: readonly Problem[];
}

/**
 * Which files are still to be applied, and what is wrong with the others. Pure.
 * @param files in the order of their names
 * @param to name, or its beginning, of the last one to apply
 * @throws UserError when no file is called so
 */
export function findPending<File extends { readonly name: string; readonly checksum: string }>(
  files: readonly File[],
  applied: readonly AppliedMigration[],
  { to }: { readonly to?: string | undefined } = {},
): Pending<File> {
  const last = to === undefined ? undefined : findLast(files, to);
  const done = new Map(applied.map((row) => [row.name, row]));
  const present = new Set(files.map(({ name }) => name));
  const newest =
    applied
      .map(({ name }) => name)
      .toSorted()
      .at(-1) ?? "";
  const pending = files.filter(({ name }) => !done.has(name) && (last === undefined || name <= last));
  return {
    files: pending,
    problems: [
      ...files.filter(({ name, checksum }) => isEdited(checksum, done.get(name))).map(({ name }) => edited(name)),
      ...applied.filter(({ name }) => !present.has(name)).map(({ name }) => missing(name)),
      ...pending.filter(({ name }) => name < newest).map(({ name }) => outOfOrder(name, newest)),
    ],
  };
}

function findLast(files: readonly { readonly name: string }[], to: string): string {
  const found = files.findLast(({ name }) => name.startsWith(to));
  if (found) return found.name;
  throw new UserError(`No migration is called ${to}`, {
    next: files.length ? `The newest is ${files.at(-1)?.name}` : "workflows/migrations is empty",
    exitCode: 2,
  });
}

function isEdited(checksum: string, row: AppliedMigration | undefined): boolean {
  return typeof row?.checksum === "string" && row.checksum !== checksum;
}

function edited(migration: string): Problem {
  return {
    kind: "edited",
    migration,
    message: `${migration} was edited after it was applied here`,
    next: `Take the edit back (git checkout), and make a new migration of it`,
  };
}

function missing(migration: string): Problem {
  return {
    kind: "missing",
    migration,
    message: `${migration} was applied here, and is not in workflows/migrations`,
    next: "Bring it back: git pull, or the branch that it is on",
  };
}

function outOfOrder(migration: string, newest: string): Problem {
  return {
    kind: "out-of-order",
    migration,
    message: `${migration} is older than ${newest}, which was applied here before it`,
    next: "If it still fits, apply it with --out-of-order",
  };
}
