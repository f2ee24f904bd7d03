import fc from "fast-check";
import { expect, test } from "vitest";
import { orderBuilds } from "./plan.ts";
import type { Recipe } from "./recipe.ts";

const base = recipe("base", []);
const server = recipe("server", ["base"]);
const client = recipe("client", ["base"]);
const all = [client, server, base];

test("a base comes before what stands on it, once", () => {
  const plan = orderBuilds(all, [client, server], new Map());
  expect(plan.map((build) => [build.recipe.name, build.reason])).toEqual([
    ["base", "missing"],
    ["client", "missing"],
    ["server", "missing"],
  ]);
});

test("nothing is built when every wanted image carries its recipe's hash", () => {
  const present = new Map(all.map(({ tag, hash }) => [tag, hash]));
  expect(orderBuilds(all, all, present)).toEqual([]);
});

test("a base that is gone is not built for images that are there", () => {
  expect(orderBuilds(all, [server], new Map([[server.tag, server.hash]]))).toEqual([]);
});

test("an image of another recipe, or without the label, is built again", () => {
  const present = new Map([
    [base.tag, base.hash],
    [server.tag, "older"],
    [client.tag, ""],
  ]);
  expect(orderBuilds(all, [server, client], present)).toEqual([
    { recipe: server, reason: "recipe changed" },
    { recipe: client, reason: "recipe changed" },
  ]);
});

test("only what is wanted is built", () => {
  expect(orderBuilds(all, [server], new Map([[base.tag, base.hash]])).map(({ recipe }) => recipe.name)).toEqual([
    "server",
  ]);
});

test("for any tree of bases: each build is there once, after its bases, and only when it differs", () => {
  const trees = fc.array(fc.tuple(fc.nat(), fc.boolean()), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(trees, (nodes) => {
      const tree = nodes.map(([parent], index) => recipe(`r${index}`, index === 0 ? [] : [`r${parent % index}`]));
      const present = new Map(tree.filter((_, index) => nodes[index]?.[1]).map(({ tag, hash }) => [tag, hash]));
      const names = orderBuilds(tree, tree, present).map((build) => build.recipe.name);
      expect([...names].sort()).toEqual(
        tree
          .filter(({ tag }) => !present.has(tag))
          .map(({ name }) => name)
          .sort(),
      );
      for (const { name, bases } of tree.filter((each) => names.includes(each.name))) {
        for (const each of bases.filter((b) => names.includes(b))) {
          expect(names.indexOf(each)).toBeLessThan(names.indexOf(name));
        }
      }
    }),
  );
});

function recipe(name: string, bases: string[]): Recipe {
  const tag = `understudy/${name}:1`;
  return {
    name,
    title: name,
    version: "1",
    tag,
    official: undefined,
    bases,
    hash: `h-${name}`,
    folder: name,
    debian: undefined,
  };
}
