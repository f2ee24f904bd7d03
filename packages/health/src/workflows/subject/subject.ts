import { type Graph, liveGraph, type Node, type WorkflowSettings } from "@understudy/n8n";
import type { Call } from "../definitions/definition.ts";
import type { ReadTest } from "../definitions/read-tests.ts";
import type { Ground } from "../ground.ts";
import { copyOf } from "./copy.ts";
import { fromFile } from "./from-file.ts";
import { itemsRequest, type WebhookRequest, webhookRequest } from "./request.ts";
import { findStart, webhookType } from "./start.ts";
import { temporaryName } from "./temporary.ts";
import type { Undo } from "./undo.ts";

/** Where the workflow of a test comes from. */
export interface Source {
  readonly name: string;
  readonly graph: Graph;
  readonly settings: WorkflowSettings;
  readonly start: Node;
  /** Its id in n8n; undefined for one from a file. */
  readonly original: string | undefined;
  /** Whether its calls go where they go, instead of to the catcher. */
  readonly asItIs: boolean;
}

/** What is called in a test. */
export interface Subject {
  /** The workflow whose execution is looked at. */
  readonly id: string;
  /** Made for this test, and gone after it. */
  readonly temporary: boolean;
  /** The workflow that a person knows; undefined for one from a file. */
  readonly original: string | undefined;
  readonly settings: WorkflowSettings;
  readonly request: WebhookRequest;
  /** Leave a temporary one behind, inactive, for a person to look at. The next run removes it. */
  keep(): void;
}

/**
 * The workflow to call. An active one with a webhook is called as it is. Any other is called as a temporary copy: with the
 * calls of an inactive one going to the catcher, and started through a webhook where its own start is none.
 */
export async function makeSubject(
  ground: Ground,
  test: ReadTest,
  call: Call,
  nonce: string,
  undo: Undo,
): Promise<Subject> {
  const source = call.file === undefined ? inN8n(ground, call) : await fromFile(ground, test, call, nonce, undo);
  const { start, original, asItIs } = source;
  const { n8n, catcher } = ground;
  if (original !== undefined && asItIs && start.type === webhookType) {
    const request = webhookRequest(ground, start, call);
    return { ...source, id: original, temporary: false, request, keep: () => {} };
  }
  const draft = copyOf({
    ...source.graph,
    start,
    nonce,
    name: temporaryName(catcher.run, source.name),
    settings: source.settings,
    allow: test.allow,
    ...(asItIs ? {} : { catcher: catcher.address(nonce) }),
  });
  const { id } = await n8n.createWorkflow(draft);
  let kept = false;
  undo.later(`workflow ${id}`, () => (kept ? n8n.deactivate(id) : n8n.deleteWorkflow(id)));
  await n8n.activate(id);
  const webhook = draft.nodes[0] ?? start;
  const request =
    start.type === webhookType ? webhookRequest(ground, webhook, call, nonce) : itemsRequest(ground, webhook, call);
  return {
    ...source,
    id,
    temporary: true,
    request,
    keep: () => {
      kept = true;
    },
  };
}

function inN8n({ workflows }: Ground, call: Call): Source {
  const { workflow, start } = findStart(workflows, call);
  const { id, name, active, settings } = workflow;
  return { name, graph: liveGraph(workflow), settings: settings ?? {}, start, original: id, asItIs: active };
}
