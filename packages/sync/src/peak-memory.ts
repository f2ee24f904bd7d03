import { readFileSync } from "node:fs";

/**
 * The most memory that this process has had at a time, bytes resident. On Linux by VmHWM of proc(5): `ru_maxrss` of getrusage(2), which
 * Node gives, begins with what the process that started this one had.
 */
export function peakMemory(): number {
  const kibibytes =
    process.platform === "linux"
      ? Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1])
      : process.resourceUsage().maxRSS;
  return kibibytes * 1_024;
}
