import { readFileSync } from "node:fs";

/**
 * When a process began, in clock ticks since the machine did: with its number it names a process for good, for numbers come
 * again. Undefined when there is none, or where the system does not tell (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
 */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
