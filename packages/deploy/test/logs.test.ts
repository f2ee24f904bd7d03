import { type ContainerInspectInfo, connectEngine, containerLines, type Engine } from "@understudy/core";
import { builtName } from "@understudy/images";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linesTogether } from "../src/lines-together.ts";

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => String(from + at));

describe("what containers print", () => {
  const everything = new AsyncDisposableStack();
  let engine: Engine;

  beforeAll(async () => {
    engine = everything.use(await connectEngine("local"));
  });
  afterAll(() => everything.disposeAsync());

  async function container(script: string): Promise<ContainerInspectInfo> {
    const created = await engine.docker.createContainer({
      ...{ Image: await builtName("toolbox"), Cmd: ["bash", "-c", script], StopTimeout: 0 },
    });
    everything.defer(() => created.remove({ force: true }));
    await created.start();
    return await created.inspect();
  }

  it("is read whole, however many lines it has", async () => {
    const info = await container("seq 1 30000");
    await engine.docker.getContainer(info.Id).wait();
    const lines = await Array.fromAsync(containerLines(engine, info, { follow: false, tail: 40_000 }));
    expect(lines).toEqual(numbers(1, 30_000));
  });

  it("is followed until somebody has heard enough, though nothing comes", async () => {
    const info = await container("echo begun; sleep 600");
    const enough = new AbortController();
    const heard: string[] = [];
    const listening = (async () => {
      const window = { follow: true, tail: 10, signal: enough.signal };
      for await (const line of containerLines(engine, info, window)) heard.push(line);
    })();
    await expect.poll(() => heard).toEqual(["begun"]);
    enough.abort();
    await listening;
  });

  it("of several is shown by time, and followed together until the last has ended", async () => {
    const odd = await container("for n in 1 3 5; do sleep 1; echo $n; sleep 1; done");
    const even = await container("for n in 2 4; do sleep 2; echo $n; done");
    const follow = { follow: true, tail: 10 };
    const heard = (await Array.fromAsync(linesTogether(engine, [odd, even], follow))).map(({ line }) => line);
    expect(heard.toSorted()).toEqual(numbers(1, 5));
    const shown = await Array.fromAsync(linesTogether(engine, [odd, even], { follow: false, tail: 10 }));
    // By the engine's own times, and so as they came.
    expect(shown.map(({ line }) => line)).toEqual(heard);
    expect(shown.find(({ line }) => line === "4")?.info.Id).toBe(even.Id);
  });
});
