import type { Column, Table } from "@understudy/postgres";
import type { Subject } from "./lexicon.ts";
import { formalSubjects, subjectOf } from "./subjects.ts";

/** What is said of a column's values, and by what. */
export interface SaidSubject {
  readonly subject: Subject;
  /** `its name says email` */
  readonly because: string;
}

/** What a column's name, its comment and its constraints say of its values; the first that says something personal counts. */
export function subjectOfColumn({ checks }: Table, { name, comment }: Column): SaidSubject | undefined {
  const said = [
    saidBy("its name", subjectOf(name)),
    saidBy("its comment", comment === undefined ? undefined : subjectOfComment(comment)),
    ...checks
      .filter(({ columns, expression }) => columns.includes(name) && expression.includes("@"))
      .map((check) => saidBy(`its constraint ${check.name}`, "email")),
  ].filter((one) => one !== undefined);
  return said.find(({ subject }) => !formalSubjects.has(subject)) ?? said[0];
}

export function saidBy(what: string, subject: Subject | undefined): SaidSubject | undefined {
  return subject && { subject, because: `${what} says ${subject}` };
}

/** Comments are sentences: only a word for what is personal counts. */
function subjectOfComment(comment: string): Subject | undefined {
  if (
    /\b(pii|personal|private|personenbezogen\w*|gdpr|dsgvo|rgpd|confidential|vertraulich|sensitive|secret)\b/i.test(
      comment,
    )
  ) {
    return "sensitive";
  }
  const subject = comment.length <= 200 ? subjectOf(comment) : undefined;
  return subject && !formalSubjects.has(subject) && subject !== "free text" ? subject : undefined;
}
