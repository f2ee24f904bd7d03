import { readFileSync } from "node:fs";

export interface ProcessUse {
  /** ms of processor time so far, in user and kernel mode, of all threads. */
  readonly cpu: number;
  /** Bytes: the most that was ever resident. */
  readonly peak: number;
}

/** What a living process has used, from /proc/<pid>/stat (in ticks of 10 ms) and its VmHWM. */
export function processUse(pid: number): ProcessUse {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may hold spaces and brackets itself. After it: state, …, utime 12th, stime 13th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    cpu: (Number(fields[11]) + Number(fields[12])) * 10,
    peak: Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024,
  };
}
