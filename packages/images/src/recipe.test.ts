import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { builtName, type Recipe, recipes } from "./recipe.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "understudy-recipes-"));
  write("base/recipe.yml", "title: Base\nimage: debian\nversion: trixie\ndebian: { suite: trixie, include: [curl] }\n");
  write("app/recipe.yml", "title: App\nversion: 1.2.3\nofficial: acme/app:1.2.3\n");
  write(
    "app/Dockerfile",
    "FROM understudy/debian:trixie AS build\nFROM --platform=linux/amd64 understudy/debian:trixie\n",
  );
});
afterEach(() => rmSync(root, { recursive: true }));

test("a recipe says what it builds, what that stands in for and what it starts from", async () => {
  expect(await recipes(root)).toMatchObject([
    { name: "app", tag: "understudy/app:1.2.3", official: "acme/app:1.2.3", bases: ["base"] },
    { name: "base", tag: "understudy/debian:trixie", official: undefined, bases: [], debian: { suite: "trixie" } },
  ]);
});

test("the hash stays while nothing changes, and follows every file and the base", async () => {
  const before = await hashes();
  expect(await hashes()).toEqual(before);

  write("app/conf/x.conf", "a");
  const added = await hashes();
  expect(added.get("app")).not.toBe(before.get("app"));
  expect(added.get("base")).toBe(before.get("base"));

  write("app/conf/x.conf", "b");
  expect((await hashes()).get("app")).not.toBe(added.get("app"));

  rmSync(join(root, "app/conf"), { recursive: true });
  expect(await hashes()).toEqual(before);

  write("base/recipe.yml", "title: Base\nimage: debian\nversion: trixie\ndebian: { suite: trixie, include: [wget] }\n");
  const rebased = await hashes();
  expect(rebased.get("base")).not.toBe(before.get("base"));
  expect(rebased.get("app")).not.toBe(before.get("app"));
});

test("content that moves from one file to another changes the hash", async () => {
  write("app/a", "12");
  write("app/b", "3");
  const before = await hashes();
  write("app/a", "1");
  write("app/b", "23");
  expect((await hashes()).get("app")).not.toBe(before.get("app"));
});

test.each([
  ["a missing version", "title: App\n", /app\/recipe\.yml is not a recipe \(version:/],
  ["latest", "title: App\nversion: latest\n", /latest is not a version/],
  [
    "an official image without version",
    "title: App\nversion: '1'\nofficial: acme/app\n",
    /official: must be <repository>:<version>/,
  ],
  ["an official latest", "title: App\nversion: '1'\nofficial: acme/app:latest\n", /official: latest is not a version/],
  ["an unknown key", "title: App\nversion: '1'\nbuild: yes\n", /Unrecognized key: "build"/],
  ["a number for a version", "title: App\nversion: 17\n", /version: .*expected string/],
  ["broken YAML", "title: [\n", /app\/recipe\.yml is not YAML/],
])("%s is refused by file and key", async (_what, text, message) => {
  write("app/recipe.yml", text);
  await expect(recipes(root)).rejects.toThrow(message);
});

test("a base that no recipe builds is refused", async () => {
  write("app/Dockerfile", "FROM understudy/debian:sid\n");
  await expect(recipes(root)).rejects.toThrow(/app\/Dockerfile starts from understudy\/debian:sid/);
});

test("recipes that start from each other are refused", async () => {
  write("app/Dockerfile", "FROM understudy/other:1\n");
  write("other/recipe.yml", "title: Other\nversion: '1'\n");
  write("other/Dockerfile", "FROM understudy/app:1.2.3\n");
  await expect(recipes(root)).rejects.toThrow(/starts from itself: app → other → app/);
});

test("a folder without Dockerfile is refused", async () => {
  rmSync(join(root, "app/Dockerfile"));
  await expect(recipes(root)).rejects.toThrow(/app\/Dockerfile is missing/);
});

test("the project's own recipes name every service's image, none of them latest", async () => {
  const own = await recipes();
  expect(own.map(({ tag }) => tag)).toEqual(
    expect.arrayContaining([await builtName("n8n"), await builtName("toolbox")]),
  );
  for (const { tag, official } of own) expect(`${tag} ${official}`).not.toContain("latest");
  await expect(builtName("redis")).rejects.toThrow("No recipe builds 'redis'");
});

async function hashes(): Promise<Map<string, string>> {
  const all: Recipe[] = await recipes(root);
  return new Map(all.map(({ name, hash }) => [name, hash]));
}

function write(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
