import type { Connections } from "@understudy/n8n";

/** One line on the canvas. */
export interface Link {
  readonly from: string;
  /** Which of the outputs, from 0. */
  readonly output: number;
  readonly to: string;
  readonly input: number;
  /** `main`, `ai_tool`, … */
  readonly type: string;
}

/** Every line between nodes. @param renamed names that nodes have by now */
export function linksOf(connections: Connections, renamed: ReadonlyMap<string, string> = new Map()): Link[] {
  const nameOf = (name: string) => renamed.get(name) ?? name;
  return Object.entries(connections).flatMap(([from, byType]) =>
    Object.entries(byType ?? {}).flatMap(([type, outputs]) =>
      (outputs ?? []).flatMap((targets, output) =>
        (targets ?? []).map(({ node, index }) => ({
          from: nameOf(from),
          output,
          to: nameOf(node),
          input: index,
          type,
        })),
      ),
    ),
  );
}

/** `Webhook → Save`, `If (output 2) → Mail`, `Model → Agent (ai_tool)`. */
export function linkInWords({ from, output, to, input, type }: Link): string {
  const out = output ? ` (output ${output + 1})` : "";
  const into = input ? ` (input ${input + 1})` : "";
  return `${from}${out} → ${to}${into}${type === "main" ? "" : ` (${type})`}`;
}
