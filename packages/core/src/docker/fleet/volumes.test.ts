import { expect, it } from "vitest";
import { tellApart } from "./volumes.ts";

const on = (node: string, name: string) => ({ node, volume: { Name: name } });

it("of several volumes of one name the pinned one counts, the others are from before", () => {
  const pinned = new Map([["data", "n2"]]);
  const { found, older, disputed } = tellApart([on("n1", "data"), on("n2", "data"), on("n1", "logs")], pinned);
  expect([...found.values()]).toEqual([on("n2", "data"), on("n1", "logs")]);
  expect(older).toEqual([on("n1", "data")]);
  expect(disputed.size).toBe(0);
});

it("while the pinned one is not reached, none of that name is found", () => {
  const { found, older } = tellApart([on("n1", "data")], new Map([["data", "n2"]]));
  expect(found.has("data")).toBe(false);
  expect(older).toEqual([on("n1", "data")]);
});

it("where no service says whose counts, that is said and none is chosen in silence", () => {
  const { disputed } = tellApart([on("n1", "data"), on("n2", "data")], new Map());
  expect(disputed.get("data")).toEqual([on("n1", "data"), on("n2", "data")]);
});
