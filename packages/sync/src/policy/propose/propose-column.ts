import type { Column, Table } from "@understudy/postgres";
import { derivedByTrigger } from "../../plan/resolve/derive.ts";
import type { MaskRule } from "../policy.ts";
import { type Evidence, share } from "./evidence.ts";
import { fixed, masked } from "./masks.ts";
import { type ProposedValue, proposeText } from "./propose-value.ts";
import { type SaidSubject, subjectOfColumn } from "./subject-of-column.ts";

const parts = "a value of several parts: the maskers composite and hstore take each for itself";

/** What to do with a column whose values are no documents, and why. Undefined: nothing needs to be said. */
export function proposeColumn(table: Table, column: Column, evidence: Evidence): ProposedValue | undefined {
  const { base, kind, category, labels, fields } = column.shape;
  const said = subjectOfColumn(table, column);
  const isKey = keyColumns(table).has(column.name);
  if (base === "tsvector" && derivedByTrigger(table, column)) return undefined;
  if (base === "tsvector") return empty("a search index of texts; { derive: … } makes it anew from masked ones");
  if (said?.subject === "sensitive" || said?.subject === "secret") return withoutValue(column, said);
  if (kind === "enum") return keep(`it can only be ${labels.slice(0, 5).join(", ")}${labels.length > 5 ? ", …" : ""}`);
  if (kind === "composite") return empty(parts, fixed(`(${",".repeat(Math.max(fields.length - 1, 0))})`));
  if (base === "hstore") return empty(parts, fixed(""));
  if (category === "S" || base === "xml") return proposeText(said, evidence, isKey);
  if (category === "B") return keep("yes or no says little of itself");
  if (kind === "range" || kind === "multirange") {
    return said?.subject === "birth date" ? mask("date", said.because) : keep("a range says little of itself");
  }
  if (category === "D") return proposeTime(said, column, evidence);
  if (category === "N") return proposeNumber(said, evidence, isKey);
  if (category === "I") return mask("ip", `its type is ${base}`);
  if (base === "uuid") return keep("a UUID says nothing of itself");
  if (base === "bytea") return empty("bytes can be anything", masked("hash"));
  return empty(`of the type ${column.type} we know nothing`);
}

/** Left out where it can be; else the same for all, or at least another. */
function withoutValue({ shape }: Column, { because }: SaidSubject): ProposedValue {
  const { kind, category, labels } = shape;
  const masks: Readonly<Record<string, MaskRule>> = {
    B: fixed("false"),
    D: masked("date"),
    N: masked("number", true),
    I: masked("ip"),
  };
  const own = kind === "enum" ? fixed(labels[0] ?? "") : masks[category];
  return { rules: [{ kind: "null" }, own ?? masked("hash"), masked("uuid"), fixed("")], because };
}

function proposeTime(said: SaidSubject | undefined, { shape }: Column, evidence: Evidence): ProposedValue {
  if (said?.subject === "birth date") return mask("date", said.because);
  if (shape.base === "date" && share(evidence, "birth date") > 0.8) {
    return mask("date", "most of its dates are as long ago as birth dates are");
  }
  return keep("a time, and not one of birth");
}

function proposeNumber(said: SaidSubject | undefined, evidence: Evidence, isKey: boolean): ProposedValue {
  const looks = (["card", "national id", "phone"] as const).find((pattern) => share(evidence, pattern) > 0.8);
  switch (said?.subject) {
    case "birth date":
    case "income":
    case "place on earth":
      return mask("number", said.because);
    case "phone":
    case "national id":
    case "card":
      return otherNumber(said.because);
  }
  if (isKey) return keep("a number that is a key");
  return looks
    ? otherNumber(`most of its values look like a ${looks}`)
    : keep("a number that looks like nothing personal");
}

/** Names of the columns of a table's keys. */
function keyColumns({ uniques, foreignKeys }: Table): Set<string> {
  return new Set([...uniques.filter(({ primary }) => primary), ...foreignKeys].flatMap(({ columns }) => columns));
}

function keep(because: string): ProposedValue {
  return { rules: [{ kind: "keep" }], because };
}

/** Left out; where NULL cannot be, something else. */
function empty(because: string, ...instead: readonly MaskRule[]): ProposedValue {
  return { rules: [{ kind: "null" }, ...instead], because };
}

/** Another number altogether: one near the own one would be a neighbour's. */
function otherNumber(because: string): ProposedValue {
  return mask("number", because, true);
}

function mask(masker: string, because: string, distinct = false): ProposedValue {
  return { rules: [masked(masker, distinct), { kind: "null" }], because };
}
