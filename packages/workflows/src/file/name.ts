/** `20251003120000_order_intake.sql`; from production `20251003120000_prod_sync_order_intake.sql`. */
export const namePattern = /^(?<timestamp>\d{14})_(?<description>[a-z0-9_]{1,100})\.sql$/;

/** Begins the description of what came from production. */
export const prodSync = "prod_sync_";

export interface NameParts {
  readonly timestamp: string;
  /** What people call the workflow. */
  readonly title: string;
  readonly fromProduction: boolean;
}

/** The name of a migration's file. @param taken names that other files have */
export function fileName({ timestamp, title, fromProduction }: NameParts, taken: ReadonlySet<string>): string {
  const stem = `${timestamp}_${fromProduction ? prodSync : ""}${slugOf(title)}`;
  for (let number = 1; ; number++) {
    const name = `${stem}${number === 1 ? "" : `_${number}`}.sql`;
    if (!taken.has(name)) return name;
  }
}

/** A title in letters that every file system and shell takes: `Größe "XL" 🚀` → `grosse_xl`. */
export function slugOf(title: string): string {
  const plain = title
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .slice(0, 60);
  return plain.replaceAll(/^_+|_+$/g, "") || "workflow";
}

/** YYYYMMDDHHMMSS in UTC, after every timestamp that there is. @param now ms since the epoch */
export function nextTimestamp(now: number, present: readonly string[]): string {
  const last =
    present
      .map((name) => name.slice(0, 14))
      .toSorted()
      .at(-1) ?? "";
  const timestamp = timestampOf(now);
  return timestamp > last ? timestamp : timestampOf(momentOf(last) + 1_000);
}

/** Whether the digits are a moment that there is: not the 31st of June. */
export function isTimestamp(digits: string): boolean {
  return timestampOf(momentOf(digits)) === digits;
}

function timestampOf(moment: number): string {
  return Number.isNaN(moment) ? "" : new Date(moment).toISOString().replaceAll(/[-:T]|\..*$/g, "");
}

function momentOf(digits: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
