import { describe, expect, it } from "vitest";
import { carriedVolumes } from "./volumes.ts";

const all = ["files", "n8n-data", "neo4j-data", "neo4j-logs"].map((name) => ({ name, volume: `x_${name}` }));

describe("volumes that travel", () => {
  it("are the graph's alone unless told, without its users", () => {
    const [graph, ...others] = carriedVolumes(all, false);
    expect(others).toEqual([]);
    expect(graph).toMatchObject({ name: "neo4j-data", only: ["databases/neo4j", "transactions/neo4j"] });
  });

  it("are all but logs when they are asked for, without what is each environment's own", () => {
    const carried = carriedVolumes(all, true);
    expect(carried.map(({ name }) => name)).toEqual(["files", "n8n-data", "neo4j-data"]);
    expect(carried[0]).toMatchObject({ volume: "x_files", path: "/volumes/files", only: undefined, own: [] });
    expect(carried[1]?.own).toContain("config");
  });
});
