import { instant } from "../alerts/words.ts";
import { addEvent } from "./events.ts";
import type { Sql } from "./sql.ts";

/** Somebody does not want to hear of a check, or of all checks of a service, for a while. Times are ms since the epoch. */
export interface Silence {
  /** Name of the check or of the service. */
  readonly check: string;
  readonly until: number;
  readonly why: string;
  readonly who: string;
  readonly at: number;
}

/** In the place of one that the check has. */
export function putSilence(sql: Sql, { check, until, why, who, at }: Silence): void {
  sql.run`insert or replace into silence (name, until, why, who, at) values (${check}, ${until}, ${why}, ${who}, ${at})`;
  addEvent(sql, { at, kind: "silence", text: `${check} until ${instant(until)} by ${who}: ${why}` });
}

/** Returns whether there was one. */
export function endSilence(sql: Sql, { check, who, at }: Pick<Silence, "check" | "who" | "at">): boolean {
  const ended = sql.run`delete from silence where name = ${check} and until > ${at}`.changes === 1;
  if (ended) addEvent(sql, { at, kind: "silence ended", text: `${check} by ${who}` });
  return ended;
}

/** Those that are on. */
export function silencesAt(sql: Sql, now: number): Silence[] {
  return sql.all`select name as "check", until, why, who, at from silence
    where until > ${now} order by name` as unknown as Silence[];
}
