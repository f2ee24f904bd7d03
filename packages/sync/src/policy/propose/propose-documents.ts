import type { Column, Table } from "@understudy/postgres";
import { noEvidence, share } from "./evidence.ts";
import type { PathEvidence } from "./look-at.ts";
import { fixed, masked } from "./masks.ts";
import type { Proposal } from "./proposal.ts";
import { type ProposedValue, proposeText } from "./propose-value.ts";
import { saidBy } from "./subject-of-column.ts";
import { formalSubjects, subjectOf } from "./subjects.ts";

type Found = ReadonlyMap<string, PathEvidence>;

/** Documents with more paths than this have no shape that rules by path could follow. */
const mostPaths = 100;

/** A rule for each path of a column's documents. */
export function proposeDocuments(table: Table, column: Column, found: Found): Proposal[] {
  const whole = { table: table.id, column: column.name, path: undefined };
  if ([...found.keys()].some(hasAddressKey)) {
    const rule = column.notNull ? fixed("{}") : ({ kind: "null" } as const);
    return [{ ...whole, rule, because: addressKeys }];
  }
  if (found.size > mostPaths) {
    const because = `documents of ${found.size} paths or more: every text in them is scrubbed`;
    return [{ ...whole, rule: masked("text"), because }];
  }
  if (found.size === 0) {
    const because = "no documents to look at: the first path that comes will stop the copy";
    return [{ ...whole, rule: { kind: "documents" }, because }];
  }
  return [...found].map(([path, evidence]) => proposePath(table, column, path, evidence));
}

/** Rules for a path that a policy does not know, or for those below it that documents of the sample have. */
export function proposeBelow(table: Table, column: Column, path: string, found: Found): Proposal[] {
  const below = [...found].filter(([other]) => isBelow(other, path.replace(/[.](\*|"@")$/, "")));
  if (hasAddressKey(path) || below.some(([other]) => hasAddressKey(other))) {
    // What stands for the address is no key of its own: any key.
    const at = path.replaceAll('"@"', "*");
    return [{ table: table.id, column: column.name, path: at, rule: { kind: "drop" }, because: addressKeys }];
  }
  const same = below.filter(([other]) => isBelow(other, path));
  if (same.length > 0 && same.length <= mostPaths) {
    return same.map(([other, evidence]) => proposePath(table, column, other, evidence));
  }
  return [proposePath(table, column, path, { ...noEvidence, kinds: new Set() })];
}

const addressKeys = "its keys look like e-mail addresses, and keys cannot be masked";

/** Whether a key was an e-mail address: see withoutValueKeys. */
function hasAddressKey(path: string): boolean {
  return path.includes('."@"');
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(above) && /^([.[]|$)/.test(path.slice(above.length));
}

function proposePath(table: Table, column: Column, path: string, evidence: PathEvidence): Proposal {
  const { rules, because } = proposeJsonValue(path, evidence);
  return { table: table.id, column: column.name, path, rule: rules[0], because };
}

function proposeJsonValue(path: string, evidence: PathEvidence): ProposedValue {
  const key = /([\p{L}\p{N}_-]+)[^\p{L}\p{N}]*$/u.exec(path)?.[1] ?? "";
  const said = saidBy("its key", subjectOf(key));
  const { kinds } = evidence;
  const personal = said && !formalSubjects.has(said.subject);
  if (kinds.size > 0 && !kinds.has("string") && !personal) {
    const numbers = kinds.has("number") && (share(evidence, "card") > 0.8 || share(evidence, "phone") > 0.8);
    if (!numbers) return { rules: [{ kind: "keep" }], because: `no text stands there, only ${[...kinds].join(", ")}` };
  }
  return proposeText(said, evidence, false);
}
