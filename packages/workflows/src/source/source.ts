import type { CredentialNames } from "../content/credentials.ts";
import type { StoredWorkflow } from "../content/stored.ts";
import type { Listed, WorkflowFilter } from "../database/read-workflows.ts";
import type { Summary } from "../file/folder.ts";
import type { Migration, Source } from "../file/migration.ts";

/** An n8n that migrations are made of. Its workflows are only read. */
export interface WorkflowSource extends AsyncDisposable {
  /** As understudy.yml calls it. */
  readonly environment: string;
  readonly source: Source;
  readonly n8nVersion: string;
  /** Every workflow, by name. */
  list(): Promise<readonly Listed[]>;
  /** With everything that travels of them, in the order of their ids. */
  workflows(filter: WorkflowFilter): AsyncIterable<StoredWorkflow>;
  /** Of its credentials, by id. */
  credentialNames(): Promise<CredentialNames>;
  /** Tells which migrations it has: they were applied to it, or made of it. */
  migrations(): Promise<(migration: Summary) => boolean>;
  /** Note that it has a migration that was made of it, where it can be written. */
  remember?(migration: Migration, checksum: string): Promise<void>;
}
