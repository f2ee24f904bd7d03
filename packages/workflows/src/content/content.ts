import type { Graph, WorkflowSettings } from "@understudy/n8n";

/**
 * Everything of a workflow that travels between environments. What stays behind: whether it is live, executions, pinned and static
 * data, n8n's own notes (`meta`, counters), and the ids of credentials, tags and folders, which go by their names.
 */
export interface Content extends Graph {
  readonly name: string;
  readonly description: string | null;
  readonly settings: WorkflowSettings;
  /** Frames round nodes, as n8n keeps them. */
  readonly nodeGroups: readonly unknown[];
  readonly isArchived: boolean;
  /** Names, in the order of their code units. */
  readonly tags: readonly string[];
  /** Names of the folders that it is in, the outermost first. */
  readonly folder: readonly string[];
}

/** What of a workflow one of its versions in n8n's own history holds. */
export type VersionContent = Pick<Content, "nodes" | "connections" | "nodeGroups">;
