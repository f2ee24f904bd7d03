import { expect, it } from "vitest";
import { aManifest } from "../testing.ts";
import { chooseParts, type RestorePart } from "./choose-parts.ts";

const services = { neo4j: { volumes: [{ source: "neo4j-data" }] } };
const stack = { model: { services, volumes: { "n8n-data": {}, "neo4j-data": {} } } } as never;
const names = (...parts: RestorePart[]) => {
  const { databases, volumes } = chooseParts(stack, aManifest(), parts);
  return [databases.map(({ name }) => name), volumes];
};

it("takes databases, the graph's volume and all others apart", () => {
  expect(names("postgres")).toEqual([["app"], []]);
  expect(names("neo4j")).toEqual([[], ["neo4j-data"]]);
  expect(names("volumes")).toEqual([[], ["n8n-data"]]);
  expect(names("postgres", "neo4j", "volumes")).toEqual([["app"], ["n8n-data", "neo4j-data"]]);
  expect(names("environment")).toEqual([[], []]);
});

it("refuses a volume that the deployed stack lacks, unless nobody asks for it", () => {
  const manifest = aManifest({ volumes: ["uploads"] });
  expect(() => chooseParts(stack, manifest, ["volumes"])).toThrow(
    expect.objectContaining({
      message: "The backup has volume uploads, which what is deployed does not have",
      next: "Deploy release r-0123456789ab first, or restore parts: --only postgres",
    }),
  );
  expect(chooseParts(stack, manifest, ["postgres"]).volumes).toEqual([]);
});
