import type { WorkflowSource } from "../source/source.ts";
import type { Made } from "./make.ts";

/** What `n8n:create-migration --json` and `n8n:create-history --json` say; documented in docs/workflows.md. */
export interface CreateReport {
  readonly environment: string;
  readonly created: readonly {
    readonly file: string;
    readonly workflow: string;
    readonly workflowId: string;
    /** Whether it is to be live wherever it may be. */
    readonly publish: boolean;
  }[];
  /** Names of workflows that are as their newest migration has them. */
  readonly unchanged: readonly string[];
  /** Workflows that these call, and that no migration has. */
  readonly missing: readonly { readonly id: string; readonly name: string | null; readonly caller: string }[];
  /** Workflows that have migrations, and are not there any more. They are deleted nowhere else. */
  readonly deleted: readonly { readonly id: string; readonly workflow: string }[];
}

/** @param names of the workflows there, by id */
export function createReport(
  { environment }: Pick<WorkflowSource, "environment">,
  { migrations, unchanged, missing }: Made,
  names: ReadonlyMap<string, string>,
  deleted: CreateReport["deleted"] = [],
): CreateReport {
  return {
    environment,
    created: migrations.map(({ name, content, workflowId, publish }) => ({
      file: `workflows/migrations/${name}`,
      ...{ workflow: content.name, workflowId, publish },
    })),
    unchanged,
    missing: missing.map(({ id, caller }) => ({ id, name: names.get(id) ?? null, caller })),
    deleted,
  };
}

/** For people. */
export function showCreated({ environment, created, unchanged, missing, deleted }: CreateReport): string {
  const lines = [
    ...created.map(({ file, workflow }) => `Wrote ${file} ("${workflow}")`),
    ...(unchanged.length > 5
      ? [`${unchanged.length} workflows are unchanged since their migrations`]
      : unchanged.map((name) => `"${name}" is unchanged since its last migration`)),
    ...missing.map(({ id, name, caller }) =>
      name === null
        ? `"${caller}" calls workflow ${id}, which ${environment} does not have`
        : `"${caller}" calls "${name}", which has no migration: --with-dependencies makes it`,
    ),
    ...deleted.map(({ id, workflow }) => `"${workflow}" (${id}) is not in ${environment} any more; elsewhere it stays`),
  ];
  return `${(lines.length ? lines : [`Nothing changed in ${environment}`]).join("\n")}\n`;
}
