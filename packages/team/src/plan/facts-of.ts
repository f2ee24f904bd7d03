import type { DataFacts, HeldCopy } from "@understudy/environment";
import type { Metadata } from "../archive/metadata.ts";
import { stampOf } from "../archive/name.ts";

/** What is known of an archive's data once it is an environment's. What was proven on other data of the same copy, was not proven on this. Pure. */
export function factsOf({ copy, unmasked, exportDate }: Metadata): DataFacts {
  if (!copy) return { copy: null, activeWorkflows: [] };
  const { id, at, from, activeWorkflows } = copy;
  return {
    copy: {
      ...{ id: `${originOf({ id })}@${stampOf(new Date(exportDate))}`, at, from, unmasked },
      ...{ result: "succeeded", healthySeconds: null },
    },
    activeWorkflows,
  };
}

/** The copy that was made of production itself, whoever's snapshots it has gone through since. */
export function originOf({ id }: Pick<HeldCopy, "id">): string {
  return id.split("@")[0] ?? id;
}
