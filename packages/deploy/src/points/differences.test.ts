import { expect, it } from "vitest";
import { aSha } from "../receipt/testing.ts";
import { differences, type Runs } from "./differences.ts";
import { aManifest } from "./testing.ts";

const point = aManifest();
const now: Runs = { release: point.release, commit: point.commit, images: point.images, files: point.files };
const n8n = point.images.n8n as NonNullable<typeof point.images.n8n>;

it("says nothing of what is the same", () => {
  expect(differences(point, now)).toEqual([]);
});

it.each<[words: string, changes: Partial<Runs>]>([
  ["commit cccccccccccc instead of dddddddddddd-dirty", { commit: `${"d".repeat(40)}-dirty` }],
  [
    "n8n: n8nio/n8n:2.41.1, not n8nio/n8n:3.0.0",
    { images: { ...now.images, n8n: { ...n8n, reference: "n8nio/n8n:3.0.0", identity: "x" } } },
  ],
  [
    "n8n: n8nio/n8n:2.41.1, another image of the same name",
    { images: { ...now.images, n8n: { ...n8n, identity: "x" } } },
  ],
  ["without cache", { images: { ...now.images, cache: n8n } }],
  ["with edge", { images: { n8n } }],
  ["docker-compose.yml", { files: { ...now.files, "deployed/docker-compose.yml": "b".repeat(64) } }],
  ["extra/2-site.yml", { files: { ...now.files, "deployed/extra/2-site.yml": aSha, "deployed/deployed.json": aSha } }],
])("says: %s", (words, changes) => {
  expect(differences(point, { ...now, ...changes })).toEqual([words]);
});

it("says so when there is nothing to compare with", () => {
  expect(differences(point, undefined)).toEqual(["nothing is recorded to compare with"]);
});
