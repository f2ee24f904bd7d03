import neo4j from "neo4j-driver";
import { typeOf } from "./values.ts";

/** The text of a value that is masked: of a date and time only the date, which is what a shift changes. */
export function textToMask(value: unknown): string {
  const { year, month, day } = value as { year?: bigint; month: bigint; day: bigint };
  return year === undefined ? String(value) : new neo4j.types.Date(year, month, day).toString();
}

/** A value of the same type as the one that was masked. @throws Error when the masked text is no such value. */
export function valueFromMask(before: unknown, masked: string): unknown {
  const type = typeOf(before);
  if (type === "String") return masked;
  if (type === "Long") return BigInt.asIntN(64, BigInt(masked));
  if (type === "Double") return Number(masked);
  const [year, month, day] = (/^(-?\d+)-(\d\d)-(\d\d)$/.exec(masked)?.slice(1) ?? []).map(BigInt);
  if (year === undefined || month === undefined || day === undefined) throw new Error("a masked date is none");
  if (type === "Date") return new neo4j.types.Date(year, month, day);
  const { hour, minute, second, nanosecond, timeZoneOffsetSeconds } = before as Record<string, bigint>;
  const time = [hour, minute, second, nanosecond] as [bigint, bigint, bigint, bigint];
  if (type === "LocalDateTime") return new neo4j.types.LocalDateTime(year, month, day, ...time);
  // Its offset, not the name of its zone: on the new day the clock may have been put forward over that hour.
  return new neo4j.types.DateTime(year, month, day, ...time, timeZoneOffsetSeconds);
}
