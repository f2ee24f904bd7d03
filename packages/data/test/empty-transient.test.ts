import { connectEngine } from "@understudy/core";
import { type DesiredStack, volumeName } from "@understudy/environment";
import { expect, it } from "vitest";
import { VolumeBox } from "../src/index.ts";
import { emptyTransient } from "../src/swap/empty-transient.ts";

it("empties what belongs to the data that goes, and nothing else", async () => {
  await using engine = await connectEngine("local");
  const stackName = `use-${Math.random().toString(36).slice(2, 8)}`;
  const volume = (labels: Record<string, string>) => ({
    driver: undefined,
    driverOpts: {},
    labels,
    external: undefined,
  });
  const volumes = { queue: volume({ "understudy.data": "transient" }), data: volume({}), away: volume({}) };
  const stack = { model: { volumes }, environment: { stackName } } as unknown as DesiredStack;
  const live = ["queue", "data"].map((name) => volumeName(stackName, name));
  try {
    for (const Name of live) await engine.docker.createVolume({ Name });
    const mounts = live.map((name, index) => ({ volume: name, path: `/live${index}`, readOnly: false }));
    await using box = await VolumeBox.open(engine, stackName, mounts);
    await box.run("for live in /live*; do mkdir $live/folder; echo x > $live/folder/.file; chown 999:999 $live; done");
    await emptyTransient(engine, stack);
    const left = await box.run("cd /; find live0 live1 | sort; stat -c %u live0");
    expect(left.toString().trim().split("\n")).toEqual(["live0", "live1", "live1/folder", "live1/folder/.file", "999"]);
  } finally {
    for (const name of live) await engine.docker.getVolume(name).remove({ force: true });
  }
});
