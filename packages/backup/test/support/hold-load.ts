import { setTimeout as sleep } from "node:timers/promises";

export interface Load extends AsyncDisposable {
  /** Stop sending, and wait for what is on its way. */
  end(): Promise<{ readonly answered: number; readonly failed: readonly string[]; readonly longest: number }>;
}

/** POST to a server so many times a second, whether it answers or not, and never twice. `longest` in ms. */
export function sendSteadily(url: string, perSecond: number): Load {
  const failed: string[] = [];
  const waits: number[] = [];
  const sent: Promise<void>[] = [];
  const send = async () => {
    const began = performance.now();
    try {
      const response = await fetch(url, { method: "POST", body: "line" });
      const text = await response.text();
      if (text !== "written") failed.push(text);
      waits.push(performance.now() - began);
    } catch (error) {
      failed.push(String(error));
    }
  };
  const stop = new AbortController();
  const sending = (async () => {
    for (let due = performance.now(); !stop.signal.aborted; due += 1_000 / perSecond) {
      await sleep(Math.max(0, due - performance.now()));
      sent.push(send());
    }
  })();
  const end = async () => {
    stop.abort();
    await sending;
    await Promise.all(sent);
    return { answered: waits.length, failed, longest: Math.max(...waits) };
  };
  return { end, [Symbol.asyncDispose]: async () => void (await end()) };
}
