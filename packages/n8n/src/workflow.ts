/** One step of a workflow, as n8n keeps it. */
export interface Node {
  readonly id?: string;
  readonly name: string;
  /** E.g. `n8n-nodes-base.webhook`. */
  readonly type: string;
  readonly typeVersion: number;
  readonly position?: readonly number[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly credentials?: Readonly<Record<string, unknown>>;
  readonly disabled?: boolean;
  readonly webhookId?: string;
}

/** Where a node's output goes: by the source's name, then by the kind of connection (`main`, `ai_tool`, …). */
export type Connections = Readonly<
  Record<string, Readonly<Record<string, readonly (readonly Connection[] | null)[] | undefined>>>
>;

export interface Connection {
  readonly node: string;
  readonly type: string;
  readonly index: number;
}

/** What one version of a workflow does. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly connections: Connections;
}

export interface WorkflowSettings {
  readonly timezone?: string;
  readonly saveDataSuccessExecution?: string;
  readonly errorWorkflow?: string;
  readonly [name: string]: unknown;
}

/** A workflow. Its own graph is the draft; what is live when it is active is `activeVersion`. */
export interface Workflow extends Graph {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly isArchived: boolean;
  readonly updatedAt: string;
  readonly settings: WorkflowSettings | null;
  readonly activeVersion: ActiveVersion | null;
}

export interface ActiveVersion extends Graph {
  readonly createdAt: string;
  /** Only when one workflow is asked for. */
  readonly workflowPublishHistory?: readonly { readonly event: string; readonly createdAt: string }[];
}

/** What a workflow is made from. */
export interface WorkflowDraft extends Graph {
  readonly name: string;
  readonly settings: WorkflowSettings;
}

/** What runs: the live version of an active workflow, else the draft. */
export function liveGraph(workflow: Workflow): Graph {
  return workflow.active && workflow.activeVersion ? workflow.activeVersion : workflow;
}

/** How workflows and credentials that a test makes, and removes, are named. */
export const temporaryPrefix = "understudy test:";
