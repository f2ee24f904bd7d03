import { readFileSync } from "node:fs";
import { UserError } from "@understudy/core";
import { LineCounter, parseDocument } from "yaml";
import type { Written } from "./written.ts";

/** Read a YAML file: a list of definitions. `shown` names the file in errors. @throws UserError with its line. */
export function readYaml(file: string, shown: string): Written[] {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, "utf8"), { lineCounter: lines });
  const lineOf = (offset: number) => `${shown}:${lines.linePos(offset).line}`;
  const [broken] = document.errors;
  if (broken) {
    throw new UserError(`${lineOf(broken.pos[0])}: ${broken.message.split("\n")[0]?.replace(/ at line .*$/, "")}`, {
      next: "Correct the YAML",
    });
  }
  const list: unknown = document.toJS() ?? [];
  if (!Array.isArray(list)) {
    throw new UserError(`${shown}:1: must be a list of checks, each beginning with "- name:"`, {
      next: "docs/health.md has examples",
    });
  }
  return list.map((value, index) => ({
    value,
    place: (path) => {
      const ends = [...path.keys(), path.length].map((length) =>
        document.getIn([index, ...path.slice(0, length)], true),
      );
      const node = ends.findLast((end) => (end as { range?: unknown } | undefined)?.range);
      return lineOf((node as { range?: readonly number[] } | undefined)?.range?.[0] ?? 0);
    },
  }));
}
