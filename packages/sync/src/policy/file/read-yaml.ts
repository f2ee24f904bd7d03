import { UserError } from "@understudy/core";
import { LineCounter, parseDocument } from "yaml";
import type { Written } from "./written.ts";

/** Understand YAML text. `shown` names its file in errors. @throws UserError with the line of what is no YAML. */
export function readYaml(text: string, shown: string): Written {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (offset: number) => `${shown}:${lines.linePos(offset).line}`;
  const [broken] = document.errors;
  if (broken) {
    throw new UserError(`${lineOf(broken.pos[0])}: ${broken.message.split("\n")[0]?.replace(/ at line .*$/, "")}`, {
      next: "Correct the YAML",
    });
  }
  return {
    value: document.toJS() ?? {},
    place: (path) => {
      const ends = [0, ...path.keys()].map((length) => document.getIn(path.slice(0, length + 1), true));
      const node = ends.findLast((end) => (end as { range?: unknown } | undefined)?.range);
      return lineOf((node as { range?: readonly number[] } | undefined)?.range?.[0] ?? 0);
    },
  };
}
