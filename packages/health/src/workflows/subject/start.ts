import { UserError } from "@understudy/core";
import { liveGraph, type Node, type Workflow } from "@understudy/n8n";
import type { Call } from "../definitions/definition.ts";

export const webhookType = "n8n-nodes-base.webhook";

/** Nodes that can start a workflow though their type does not end in "Trigger". */
const otherTriggers = [webhookType, "n8n-nodes-base.cron", "n8n-nodes-base.interval", "n8n-nodes-base.start"];

/** What a definition calls, among the workflows of n8n. */
export interface Found {
  readonly workflow: Workflow;
  readonly start: Node;
}

/** Find the workflow and the node that starts it. @throws UserError naming what there is. */
export function findStart(workflows: readonly Workflow[], call: Call): Found {
  if (call.webhook !== undefined) return byWebhook(workflows, call, call.webhook);
  const named = call.workflow ?? "";
  const byId = workflows.filter(({ id }) => id === named);
  const found = byId.length ? byId : workflows.filter(({ name }) => name === named);
  const [workflow, second] = found;
  if (!workflow) {
    const names = workflows.map(({ name }) => name).sort();
    throw new UserError(`n8n has no workflow "${named}"`, {
      next: names.length ? `It has: ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}` : "It has none",
    });
  }
  if (second) {
    throw new UserError(`n8n has ${found.length} workflows called "${named}"`, {
      next: `Name one by its id: ${found.map(({ id }) => id).join(", ")}`,
    });
  }
  return { workflow, start: startOf(liveGraph(workflow).nodes, call.start) };
}

/** The node that starts a workflow: by its name, or the only one, or the only webhook. @throws UserError naming those there are. */
export function startOf(nodes: readonly Node[], name: string | undefined): Node {
  const starts = nodes.filter(
    ({ type, disabled }) => !disabled && (/Trigger$/.test(type) || otherTriggers.includes(type)),
  );
  const webhooks = starts.filter(({ type }) => type === webhookType);
  const named = starts.find((node) => node.name === name);
  const only = [starts, webhooks].find(({ length }) => length === 1)?.[0];
  const chosen = name === undefined ? only : named;
  if (chosen) return chosen;
  const there = starts.map((node) => `"${node.name}"`).join(", ") || "none";
  const why =
    name === undefined ? `has ${starts.length} nodes that can start it` : `has no node "${name}" that can start it`;
  throw new UserError(`The workflow ${why}`, { next: `Name one in call.start; there are: ${there}` });
}

/** A webhook's path, without slashes round it. */
export function pathOf(webhook: Node): string {
  return withoutSlashes(String(webhook.parameters.path ?? ""));
}

export function withoutSlashes(path: string): string {
  return path.replaceAll(/^\/+|\/+$/g, "");
}

/** Which methods a webhook takes; the first one is what it is called with. */
export function methodsOf({ parameters }: Node): readonly string[] {
  return [parameters.httpMethod ?? "GET"].flat().map(String);
}

function byWebhook(workflows: readonly Workflow[], { method, start }: Call, webhook: string): Found {
  const path = withoutSlashes(webhook);
  const all = workflows.flatMap((workflow) =>
    liveGraph(workflow)
      .nodes.filter((node) => node.type === webhookType && !node.disabled && pathOf(node) === path)
      .filter((node) => (!method || methodsOf(node).includes(method)) && (!start || node.name === start))
      .map((node) => ({ workflow, start: node })),
  );
  // Only one of the same path can be active.
  const active = all.filter(({ workflow }) => workflow.active);
  const [found, second] = active.length ? active : all;
  if (!found)
    throw new UserError(`n8n has no workflow with a webhook "${path}"${method ? ` that takes ${method}` : ""}`);
  if (second) {
    const names = all.map(({ workflow }) => `"${workflow.name}" (${workflow.id})`);
    throw new UserError(`n8n has several webhooks "${path}"`, {
      next: `Name the workflow instead, or the method: ${names.join(", ")}`,
    });
  }
  return found;
}
