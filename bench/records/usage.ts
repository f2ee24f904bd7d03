import { readFileSync } from "node:fs";

/** As `pnpm records:serve` and `pnpm records:sync` are started: rather collect garbage than grow. */
export const frugal = ["--max-semi-space-size=8", "--heap-growing-percent=30"];

/** Watch a process; the most that it had in memory so far, MB. */
export function peakMegabytes(pid: number): () => number {
  let peak = 0;
  const look = () => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1_024);
    } catch {
      // It has ended.
    }
    return peak;
  };
  setInterval(look, 200).unref();
  return look;
}

/** CPU time of a process so far, s. The kernel counts in hundredths (proc(5), fields 14 and 15). */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
