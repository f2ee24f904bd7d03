import type { Answer } from "../../packages/deploy/test/support/queue-stage.ts";
import { median } from "../deploy/measure.ts";

export interface Rate {
  /** Executions that ended well, each second. */
  readonly perSecond: number;
  /** Of the answers, ms. */
  readonly median: number;
}

/** So many callers, each with its next call once it has its answer, for so long. @throws Error for an answer that is not the execution's */
export async function measureRate(
  call: (n: number) => Promise<Answer>,
  { callers, seconds }: { readonly callers: number; readonly seconds: number },
): Promise<Rate> {
  const began = performance.now();
  const ends = began + seconds * 1_000;
  const took: number[] = [];
  let next = 0;
  const caller = async () => {
    while (performance.now() < ends) {
      const at = performance.now();
      const n = next++;
      const { status, said } = await call(n);
      if (status !== 200 || said !== n) throw new Error(`call ${n}: ${status}, ${said}`);
      took.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { perSecond: (took.length * 1_000) / (performance.now() - began), median: median(took) };
}
