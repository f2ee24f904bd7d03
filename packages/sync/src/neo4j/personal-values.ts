import type { Graph } from "@understudy/data";
import type { GraphPolicy } from "../policy/policy.ts";
import { decide } from "./decide.ts";
import { type Element, readNodes, readRelationships } from "./elements.ts";
import type { GraphPlan } from "./graph-plan.ts";
import { placeName } from "./kind.ts";
import type { PersonalValue } from "./mask-elements.ts";
import { textsOf } from "./values.ts";

/** Read a source's personal values once more, to prove a suspected leak. */
export async function eachPersonalValue(
  source: Graph,
  policy: GraphPolicy,
  { schema }: GraphPlan,
  onPersonal: (personal: PersonalValue) => void,
): Promise<void> {
  const show = ({ kind, properties }: Element) => {
    for (const [property, value] of Object.entries(properties)) {
      const decision = decide(policy, schema, kind, property);
      if (decision?.action === "keep") continue;
      const rule = decision?.action === "mask" ? decision.rule : undefined;
      for (const text of textsOf(value))
        if (text !== "") onPersonal({ place: placeName(kind, property), rule, value: text });
    }
  };
  await source.reading(async (stream) => {
    for await (const node of readNodes(stream)) show(node);
    for await (const relationship of readRelationships(stream)) show(relationship);
  });
}
