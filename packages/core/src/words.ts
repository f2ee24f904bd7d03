const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** `1.4 GB`. */
export function bytesInWords(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** power;
  return `${value.toFixed(power > 1 && value < 100 ? 1 : 0)} ${units[power]}`;
}

/** `2 min 5 s`. */
export function secondsInWords(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `1,234,567`. */
export function countInWords(count: number): string {
  return count.toLocaleString("en-US");
}
