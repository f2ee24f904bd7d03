import type { Settings } from "@understudy/core";

type Keep = Settings["backup"]["keep"];

/** What there is to choose from. */
interface Candidate {
  readonly id: string;
  readonly at: Date;
  readonly verified: boolean | undefined;
}

/** Why a backup stays, by its id; those that are not in it may go. */
export type Kept = ReadonlyMap<string, string>;

/**
 * Choose by age: the newest ones, and of each of the newest days, weeks and months the newest one. What a rollback point needs stays,
 * and so does the newest that was proven.
 * @param backups the newest first
 * @param needed why a backup must stay, by its id
 */
export function chooseKept(backups: readonly Candidate[], keep: Keep, needed: ReadonlyMap<string, string>): Kept {
  const kept = new Map<string, string>();
  const add = (id: string | undefined, why: string) => {
    if (id !== undefined && !kept.has(id)) kept.set(id, why);
  };
  for (const { id } of backups) add(needed.has(id) ? id : undefined, needed.get(id) ?? "");
  add(backups.find(({ verified }) => verified)?.id, "the newest that was proven");
  for (const { id } of backups.slice(0, keep.last)) add(id, "one of the newest");
  for (const [unit, count] of [
    ["day", keep.daily],
    ["week", keep.weekly],
    ["month", keep.monthly],
  ] as const) {
    for (const id of newestOfEach(backups, unit).slice(0, count)) add(id, `the newest of its ${unit}`);
  }
  return kept;
}

function newestOfEach(backups: readonly Candidate[], unit: "day" | "week" | "month"): string[] {
  const newest = new Map<string, string>();
  for (const { id, at } of backups) {
    const period = periodOf(at, unit);
    if (!newest.has(period)) newest.set(period, id);
  }
  return [...newest.values()];
}

/** In UTC; a week by its Monday. */
function periodOf(at: Date, unit: "day" | "week" | "month"): string {
  if (unit === "month") return at.toISOString().slice(0, 7);
  const day = new Date(at);
  if (unit === "week") day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}
