import { setTimeout as sleep } from "node:timers/promises";
import { connectEngine, startAttached } from "@understudy/core";
import { toolboxOn } from "@understudy/environment";
import { expect, it } from "vitest";
import { removeContainer } from "../src/index.ts";

it("containers that end by themselves at that very moment are waited for, and no longer", async () => {
  await using engine = await connectEngine("local");
  const Image = await toolboxOn(engine);
  for (let delay = 0; delay < 120; delay += 10) {
    const { id, stream } = await startAttached(engine, { Image, Cmd: ["cat"], HostConfig: { NetworkMode: "none" } });
    stream.on("error", () => {}).resume();
    stream.end();
    await sleep(delay);
    await removeContainer(engine, id);
    await expect(engine.docker.getContainer(id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  }
}, 60_000);
