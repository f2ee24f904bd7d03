import type { Log } from "@understudy/core";
import type { N8n, Workflow } from "@understudy/n8n";
import type { CheckContext } from "../checks/check.ts";
import type { Catcher } from "./catcher/catcher.ts";

/** What every test of a run stands on. */
export interface Ground extends CheckContext {
  readonly n8n: N8n;
  /** As they were when the run began. */
  readonly workflows: readonly Workflow[];
  readonly catcher: Catcher;
  readonly log: Log;
  /** Says a line to the person. */
  readonly say: (line: string) => void;
  /** Says stop when the person does. */
  readonly stop: AbortSignal;
  /** Leave the copies of workflows that failed, inactive, until the next run. */
  readonly keep: boolean;
  /** Where a person looks at a workflow or an execution of it; undefined when n8n is not published. */
  link(workflow: string, execution?: string): string | undefined;
}
