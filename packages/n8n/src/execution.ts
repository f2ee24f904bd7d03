/** One run of a workflow. Times are ISO 8601. */
export interface Execution {
  readonly id: string;
  readonly workflowId: string;
  /** Who started it: `trigger`, `webhook`, `manual`, `retry`, … */
  readonly mode: string;
  readonly status: string;
  readonly startedAt: string | null;
  readonly stoppedAt: string | null;
  /** Only when it was asked for. */
  readonly data?: { readonly resultData?: ResultData };
}

interface ResultData {
  readonly runData?: Readonly<Record<string, readonly NodeRun[]>>;
  readonly lastNodeExecuted?: string;
  readonly error?: ExecutionError;
}

export interface NodeRun {
  /** ms since the epoch. */
  readonly startTime: number;
  /** ms. */
  readonly executionTime: number;
  readonly executionIndex?: number;
  readonly error?: ExecutionError;
  readonly data?: { readonly main?: readonly (readonly Item[] | null)[] };
}

interface Item {
  readonly json: unknown;
}

interface ExecutionError {
  readonly message?: string;
  readonly description?: string | null;
  readonly node?: { readonly name?: string };
}

/** Which executions: newest first. Times are ms since the epoch. */
export interface ExecutionFilter {
  readonly workflowId?: string;
  readonly status?: string;
  readonly startedAfter?: number;
  readonly startedBefore?: number;
  readonly withData?: boolean;
  /** Per page, 250 at most. */
  readonly limit?: number;
}

/** Every run of a node, in the order in which they began. */
export function nodeRuns(execution: Execution): (NodeRun & { readonly node: string })[] {
  const byNode = Object.entries(execution.data?.resultData?.runData ?? {});
  const runs = byNode.flatMap(([node, list]) => list.map((run) => ({ ...run, node })));
  return runs.sort((a, b) => (a.executionIndex ?? 0) - (b.executionIndex ?? 0) || a.startTime - b.startTime);
}

/** The node that an execution failed in, and its error in n8n's words; undefined when it has none. */
export function failureOf(execution: Execution): { node: string | undefined; error: string } | undefined {
  const { error, lastNodeExecuted } = execution.data?.resultData ?? {};
  if (!error) return undefined;
  const failed = nodeRuns(execution).findLast((run) => run.error);
  const words = [error.message, error.description].filter((text) => text?.trim());
  return {
    node: error.node?.name ?? failed?.node ?? lastNodeExecuted,
    error: [...new Set(words)].join(": ") || "failed without a message",
  };
}
