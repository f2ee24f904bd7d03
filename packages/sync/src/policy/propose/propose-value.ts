import { type Evidence, share, shareInWords } from "./evidence.ts";
import type { Subject } from "./lexicon.ts";
import { lookInside, lookOf } from "./looks.ts";
import { fixed, masked } from "./masks.ts";
import type { ValueRule } from "./proposal.ts";
import { rulesFor } from "./rules-for.ts";
import type { SaidSubject } from "./subject-of-column.ts";
import { formalSubjects } from "./subjects.ts";

/** What is proposed, and why. */
export interface ProposedValue {
  /** The best one first; the next where one does not fit the column. */
  readonly rules: readonly ValueRule[];
  readonly because: string;
}

/**
 * What to do with text, by what is said of it and how it looks. In doubt, it is masked.
 * @param said by its name, its comment or a constraint
 */
export function proposeText(said: SaidSubject | undefined, evidence: Evidence, isKey: boolean): ProposedValue {
  const named = said?.subject;
  const looks = lookOf(evidence);
  if (looks && (!named || looks.exact || !isPersonal(named)))
    return { rules: rulesFor(looks.subject), because: looks.because };
  if (named && isPersonal(named)) {
    const confirmed = looks ? `, and ${looks.because}` : "";
    return { rules: rulesFor(named), because: `${said?.because}${confirmed}` };
  }
  const inside = lookInside(evidence);
  if (inside) return { rules: rulesFor(inside.subject), because: inside.because };
  if (named !== "classifier" && share(evidence, "one capitalized word") > 0.8 && evidence.different > 20) {
    return {
      rules: rulesFor("full name"),
      because: `${shareInWords(evidence, "one capitalized word")} are one capitalized word, as names are`,
    };
  }
  return proposeHarmless(said, evidence, isKey);
}

/** Text that nothing speaks against. */
function proposeHarmless(said: SaidSubject | undefined, evidence: Evidence, isKey: boolean): ProposedValue {
  const { values, different } = evidence;
  const nothing =
    values === 0 ? "no values to look at" : `none of ${values.toLocaleString("en")} values looks personal`;
  if (share(evidence, "uuid") > 0.95) return keep(`${shareInWords(evidence, "uuid")} are UUIDs`);
  if (said && said.subject !== "name of something") return keep(`${said.because}, and ${nothing}`);
  if (isKey && values > 0) return keep(`it is a key, and ${nothing}`);
  if (values >= 100 && different <= 20 && different * 10 <= values) {
    return keep(
      `there are only ${different} different values among ${values.toLocaleString("en")}, and none looks personal`,
    );
  }
  if (share(evidence, "number") > 0.95)
    return keep(`${shareInWords(evidence, "number")} are numbers that look like nothing personal`);
  if (share(evidence, "several words") > 0.2)
    return { rules: rulesFor("free text"), because: `${shareInWords(evidence, "several words")} are several words` };
  return {
    rules: [masked("hash"), { kind: "null" }, fixed("")],
    because: `text that is known by neither its name nor its values (${nothing})`,
  };
}

/** Subjects whose values are never kept. */
function isPersonal(subject: Subject): boolean {
  return !formalSubjects.has(subject);
}

function keep(because: string): ProposedValue {
  return { rules: [{ kind: "keep" }], because };
}
