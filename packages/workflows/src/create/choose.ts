import { UserError } from "@understudy/core";
import type { Listed } from "../database/read-workflows.ts";

/** How a person names workflows. */
export interface Choice {
  readonly names: readonly string[];
  readonly ids: readonly string[];
}

/**
 * Find the workflows that are meant. Pure.
 * @returns their ids
 * @throws UserError for a name that none has, or that several have
 */
export function chooseWorkflows(all: readonly Listed[], { names, ids }: Choice): string[] {
  const byId = ids.map((id) => {
    const found = all.find((one) => one.id === id);
    if (found) return found.id;
    throw new UserError(`n8n has no workflow with the id ${id}`, { next: "pnpm n8n:status lists them" });
  });
  return [...new Set([...byId, ...names.map((name) => chooseOne(all, name))])];
}

function chooseOne(all: readonly Listed[], name: string): string {
  const found = all.filter((one) => one.name === name);
  const [only] = found;
  if (only && found.length === 1) return only.id;
  if (only) {
    const list = found.map(({ id, updatedAt, isArchived }) => {
      return `${id} (saved ${updatedAt.toISOString().slice(0, 16)}Z${isArchived ? ", archived" : ""})`;
    });
    throw new UserError(`${found.length} workflows are called "${name}": ${list.join(", ")}`, {
      next: "Name one by its id: --id <id>",
    });
  }
  const alike = all.filter((one) => one.name.toLowerCase().includes(name.toLowerCase())).slice(0, 3);
  throw new UserError(`n8n has no workflow called "${name}"`, {
    next: alike.length ? `There is ${alike.map((one) => `"${one.name}"`).join(", ")}` : "pnpm n8n:status lists them",
  });
}
