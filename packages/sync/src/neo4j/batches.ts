import type { Element } from "./elements.ts";
import { textsOf } from "./values.ts";

const mostElements = 500;
/** Characters. */
const mostText = 1_000_000;

/** Elements by the hundred, fewer where they are large. */
export async function* batches<Any extends Element>(elements: AsyncIterable<Any>): AsyncIterable<Any[]> {
  let batch: Any[] = [];
  let text = 0;
  for await (const element of elements) {
    batch.push(element);
    text += lengthOf(element);
    if (batch.length < mostElements && text < mostText) continue;
    yield batch;
    batch = [];
    text = 0;
  }
  if (batch.length) yield batch;
}

/** How much text an element holds, for progress. */
export function lengthOf({ properties }: Element): number {
  return Object.values(properties).reduce<number>(
    (sum, value) =>
      sum + (typeof value === "string" ? value.length : Array.isArray(value) ? textsOf(value).join().length : 8),
    0,
  );
}
