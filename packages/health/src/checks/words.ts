import type { Environment } from "@understudy/core";
import type { CheckContext } from "./check.ts";

/** The command that shows a service's log. */
export function logsOf({ stack }: Pick<CheckContext, "stack">, service: string): string {
  return `pnpm logs ${service}${flagOf(stack.environment)}`;
}

/** How a verb is told this environment; staging is what it means without. */
function flagOf({ name, kind }: Environment): string {
  if (name !== kind) return ` --environment ${name}`;
  return kind === "staging" ? "" : " --production";
}

/** `2 restarts`, `1 restart`. */
export function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? "" : "s"}`;
}

/** Bytes for people: `1.5 GiB`, `200 MiB`. */
export function size(bytes: number): string {
  const mebibytes = bytes / 1_048_576;
  return mebibytes < 1_024 ? `${Math.round(mebibytes)} MiB` : `${(mebibytes / 1_024).toFixed(1)} GiB`;
}

/** A part of a whole, in %, to one decimal. */
export function percent(part: number, whole: number): number {
  return whole > 0 ? Math.round((part / whole) * 1_000) / 10 : 0;
}
