import { UserError } from "@understudy/core";
import type { MaskRule } from "../policy/policy.ts";
import type { Decision } from "./decide.ts";
import type { Element } from "./elements.ts";
import { type Kind, placeName } from "./kind.ts";
import type { MaskRequest, MaskValues } from "./mask-request.ts";
import { maskedAs } from "./masked-types.ts";
import { textToMask, valueFromMask } from "./masked-value.ts";
import { textsOf, typeOf } from "./values.ts";

/** A personal value as it stands in the source: for the search of the copy, never to be kept or shown. */
export interface PersonalValue {
  /** `:Person.email`. */
  readonly place: string;
  /** Undefined: the property is left out of the copy. */
  readonly rule: MaskRule | undefined;
  readonly value: string;
}

export interface Masking {
  /** @throws UserError for what the policy does not know. */
  decide(kind: Kind, property: string): Decision;
  readonly mask: MaskValues;
  readonly onPersonal: (personal: PersonalValue) => void;
  /** How many values a property may have. */
  readonly rows: number;
}

/** The elements as the copy gets them. Values of one rule are masked together. */
export async function maskElements<Any extends Element>(elements: readonly Any[], masking: Masking): Promise<Any[]> {
  const queues: Queue[] = [];
  const masked = elements.map((element) => {
    const properties: Record<string, unknown> = { ...element.properties };
    for (const [property, value] of Object.entries(element.properties)) {
      const decision = masking.decide(element.kind, property);
      if (decision.action === "keep") continue;
      const place = placeName(element.kind, property);
      const rule = decision.action === "mask" ? decision.rule : undefined;
      for (const text of textsOf(value)) if (text !== "") masking.onPersonal({ place, rule, value: text });
      if (!rule) delete properties[property];
      else {
        const person = String(element.properties[rule.person ?? ""] ?? "");
        enqueue(queues, { rule, place, value, person, put: (result) => (properties[property] = result) });
      }
    }
    return { ...element, properties };
  });
  for (const queue of queues) await maskQueue(queue, masking);
  return masked;
}

/** Values of one rule and type, and where their masks go. */
interface Queue extends Pick<MaskRequest, "rule" | "type"> {
  readonly slots: { readonly text: string; readonly person: string; readonly put: (masked: string) => void }[];
}

interface Queued {
  readonly rule: MaskRule;
  readonly place: string;
  readonly value: unknown;
  readonly person: string;
  readonly put: (result: unknown) => void;
}

function enqueue(queues: Queue[], { rule, place, value, person, put }: Queued): void {
  if (Array.isArray(value)) {
    const list = [...value];
    put(list);
    for (const [index, one] of value.entries()) {
      enqueue(queues, { rule, place, value: one, person, put: (result) => (list[index] = result) });
    }
    return;
  }
  // As in a database: an empty text stays empty.
  if (value === "") return;
  const type = maskedAs(typeOf(value), rule.masker);
  if (!type) {
    throw new UserError(`${place} holds a ${typeOf(value)}, which ${rule.masker} does not mask`, {
      next: "Write null or keep for it in sanitize.yml",
    });
  }
  const slot = { text: textToMask(value), person, put: (masked: string) => put(valueFromMask(value, masked)) };
  const queue = queues.find((one) => one.rule === rule && one.type === type);
  if (queue) queue.slots.push(slot);
  else queues.push({ rule, type, slots: [slot] });
}

async function maskQueue({ rule, type, slots }: Queue, { mask, rows }: Masking): Promise<void> {
  const values = slots.map(({ text }) => text);
  const persons = rule.person === undefined ? undefined : slots.map(({ person }) => person);
  const results = await mask({ rule, type, rows, values, persons });
  if (results.length !== slots.length)
    throw new Error(`${slots.length} values were masked, ${results.length} came back`);
  for (const [index, result] of results.entries()) slots[index]?.put(result);
}
