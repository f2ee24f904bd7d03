import { once } from "node:events";
import { Agent, get } from "node:http";
import { text } from "node:stream/consumers";
import { median } from "../deploy/measure.ts";
import { quantile } from "../health/lateness.ts";
import type { Calls, Seen } from "./callers.ts";

// The first message says what to call; the answer is what was seen.
const [{ url, callers, seconds }] = (await once(process, "message")) as [Calls];
const agent = new Agent({ keepAlive: true, maxSockets: callers });
const took: number[] = [];
const hosts = new Set<string>();
let failed = 0;
const began = performance.now();
const ends = began + seconds * 1_000;
await Promise.all(Array.from({ length: callers }, callUntilTheEnd));
const lasted = (performance.now() - began) / 1_000;
agent.destroy();
took.sort((a, b) => a - b);
const seen: Seen = {
  perSecond: took.length / lasted,
  median: median(took),
  p99: quantile(took, 0.99),
  ...{ failed, hosts: hosts.size },
};
process.send?.(seen, () => process.disconnect());

async function callUntilTheEnd(): Promise<void> {
  while (performance.now() < ends) {
    const at = performance.now();
    const [status, said] = await ask().catch((): [number, string] => [0, ""]);
    if (status !== 200) {
      failed++;
      continue;
    }
    took.push(performance.now() - at);
    hosts.add(said.split(" ")[1] ?? "");
  }
}

async function ask(): Promise<[number, string]> {
  const asked = get(url, { agent, timeout: 15_000 });
  asked.once("timeout", () => asked.destroy(new Error("no answer")));
  const [answer] = await once(asked, "response");
  return [answer.statusCode, await text(answer)];
}
