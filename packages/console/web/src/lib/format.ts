const steps = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
  ["month", 12],
  ["year", Number.POSITIVE_INFINITY],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });

/** `2 minutes ago`, `in 3 hours`. @param ms from then to now */
export function agoInWords(ms: number): string {
  if (Math.abs(ms) < 5_000) return "just now";
  let value = -ms / 1_000;
  for (const [unit, size] of steps) {
    if (Math.abs(value) < size) return relative.format(Math.trunc(value), unit);
    value /= size;
  }
  return "";
}

/** `45 s`, `2 min 5 s`, `3 h 10 min`, `4 d 2 h`. */
export function durationInWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const [large, small, names] =
    whole < 3_600
      ? [Math.floor(whole / 60), whole % 60, ["min", "s"]]
      : whole < 86_400
        ? [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60), ["h", "min"]]
        : [Math.floor(whole / 86_400), Math.floor((whole % 86_400) / 3_600), ["d", "h"]];
  return small ? `${large} ${names[0]} ${small} ${names[1]}` : `${large} ${names[0]}`;
}

/** `3 s ahead`, `1 min 34 s behind`. @param ms that a clock is ahead */
export function skewInWords(ms: number): string {
  if (Math.abs(ms) < 500) return "right";
  return `${durationInWords(Math.abs(ms) / 1_000)} ${ms > 0 ? "ahead" : "behind"}`;
}

const units = ["B", "kB", "MB", "GB", "TB"];

/** `12.5 MB` */
export function bytesInWords(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** power;
  return `${power > 0 && value < 100 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** Rounded down, so that only what was never down has 100 %. */
export function percentInWords(share: number | null): string {
  if (share === null) return "no data";
  const floored = Math.floor(share * 10_000) / 100;
  return `${floored.toFixed(floored === 100 ? 0 : 2)} %`;
}

export function countInWords(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** `22 Nov 2026, 14:05` in the reader's own time. */
export function momentInWords(at: string | number): string {
  return moments.format(new Date(at));
}

/** Made once: a table asks for hundreds. */
const moments = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
