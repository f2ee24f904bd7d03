import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { asTheyCome } from "./lines-together.ts";

async function* printing(name: string, times: readonly number[]) {
  let before = 0;
  for (const at of times) {
    await sleep(at - before);
    before = at;
    yield `${name} at ${at}`;
  }
}

it("yields what several give as it comes, until the last has ended", async () => {
  const lines = asTheyCome([printing("one", [0, 200, 600]), printing("two", [100, 400]), printing("none", [])]);
  expect(await Array.fromAsync(lines)).toEqual(["one at 0", "two at 100", "one at 200", "two at 400", "one at 600"]);
});

it("hears each of several that always have something", async () => {
  async function* chatter(name: string) {
    for (;;) yield name;
  }
  const heard = [];
  for await (const name of asTheyCome([chatter("one"), chatter("two")])) if (heard.push(name) === 6) break;
  expect(new Set(heard)).toEqual(new Set(["one", "two"]));
});

it("fails with the first of them that does", async () => {
  async function* failing(): AsyncGenerator<string> {
    yield "a line";
    throw new Error("its machine is gone");
  }
  const heard: string[] = [];
  await expect(async () => {
    for await (const line of asTheyCome([printing("one", [0, 10_000]), failing()])) heard.push(line);
  }).rejects.toThrow("its machine is gone");
  expect(heard).toContain("a line");
});
