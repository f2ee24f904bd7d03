import { UserError } from "@understudy/core";
import type { Connections, Node, WorkflowSettings } from "@understudy/n8n";
import type { Content, VersionContent } from "./content.ts";
import { type CredentialNames, withoutCredentialIds } from "./credentials.ts";
import { shapeProblem } from "./shape.ts";

/** A workflow as n8n's database holds it. */
export interface StoredWorkflow extends StoredVersion {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly settings: WorkflowSettings | null;
  readonly isArchived: boolean;
  readonly tags: readonly string[];
  readonly folder: readonly string[];
  /** The version that runs; null when it is not live. */
  readonly activeVersionId: string | null;
  readonly versionId: string;
  /** Of its owner; null for a person's own. */
  readonly teamProject: string | null;
  readonly updatedAt: Date;
}

/** A row of n8n's history. */
export interface StoredVersion {
  readonly nodes: readonly Node[];
  readonly connections: Connections;
  readonly nodeGroups: readonly unknown[] | null;
}

/**
 * What of a workflow travels. @param names of the credentials where it is stored
 * @throws UserError for one that n8n itself could not read
 */
export function contentOf(stored: StoredWorkflow, names: CredentialNames): Content {
  const { id, name, description, nodes, connections, settings, isArchived, tags, folder } = stored;
  const problem = shapeProblem(nodes, connections);
  if (problem) {
    throw new UserError(`Workflow "${name}" (${id}) cannot be read: ${problem}`, {
      next: "Save it anew in n8n, or bring back one of its versions there",
    });
  }
  return {
    name,
    description: description || null,
    ...versionOf(stored, names),
    settings: settings ?? {},
    isArchived,
    tags: tags.toSorted(),
    folder,
  };
}

/** The same of one version of it. */
export function versionOf({ nodes, connections, nodeGroups }: StoredVersion, names: CredentialNames): VersionContent {
  return { nodes: withoutCredentialIds(nodes, names), connections, nodeGroups: nodeGroups ?? [] };
}
