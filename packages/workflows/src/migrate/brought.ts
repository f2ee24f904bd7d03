import { readFact, writeFact } from "@understudy/core";
import { migrationsFact, type Target } from "@understudy/environment";
import { sha256 } from "../content/hash.ts";
import { type MigrationFile, MigrationFolder } from "../file/folder.ts";

type Place = Pick<Target, "installation" | "environment">;

/** What the fact says of an environment's data. It goes with the data. */
interface Brought {
  /** Hash of the files that it was brought. */
  readonly files: string;
}

/** Whether the files, up to the last one that belongs to an environment, are not those that its data was brought. Looks at files only. */
export function hasNewMigrations({ installation, environment }: Place, to?: string): boolean {
  const belonging = upTo(new MigrationFolder(installation).files(), to);
  if (belonging.length === 0) return false;
  return readFact<Brought>(installation, environment.name, migrationsFact)?.files !== hashOf(belonging);
}

/** An environment's data was brought these files: what stood in the way of one was told. */
export function noteBrought({ installation, environment }: Place, files: readonly MigrationFile[]): void {
  writeFact(installation, environment.name, migrationsFact, { files: hashOf(files) } satisfies Brought);
}

/** @param to name of the last one, which need not be there; all of them unless told */
export function upTo(files: readonly MigrationFile[], to: string | undefined): readonly MigrationFile[] {
  return to === undefined ? files : files.filter(({ name }) => name <= to);
}

/** Of names and bytes. */
function hashOf(files: readonly MigrationFile[]): string {
  return sha256(JSON.stringify(files.map(({ name, checksum }) => [name, checksum])));
}
