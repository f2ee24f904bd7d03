import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sourceRoot } from "@understudy/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildImages, planBuilds, type Recipe, recipes } from "../src/index.ts";
import { recipeOf } from "../src/recipe.ts";
import { docker } from "./containers.ts";

// The builder on a recipe of the test's own, which stands on the project's Debian base.

let root: string;
let name: string;

beforeEach(async () => {
  await buildImages(await planBuilds([recipeOf("debian-trixie", await recipes())]));
  root = mkdtempSync(join(tmpdir(), "understudy-build-"));
  name = `test-${randomBytes(4).toString("hex")}`;
  mkdirSync(join(root, "images"));
  cpSync(join(sourceRoot, "images", "debian-trixie"), join(root, "images", "debian-trixie"), { recursive: true });
});
afterEach(async () => {
  await docker("image", "rm", "--force", `understudy/${name}:1`).catch(() => {});
  rmSync(root, { recursive: true });
});

test("what the host forwards is there in a step and nowhere afterwards", async () => {
  process.env.PIP_INDEX_URL = "https://bob:hunter22@mirror.test/simple";
  try {
    await build(
      'RUN --mount=type=secret,id=env,target=/run/secrets/build.env . /run/secrets/build.env; test "$PIP_INDEX_URL" && echo "$PIP_INDEX_URL"',
    );
  } finally {
    delete process.env.PIP_INDEX_URL;
  }
  const image = await docker("image", "inspect", `understudy/${name}:1`);
  const history = await docker("history", "--no-trunc", `understudy/${name}:1`);
  const files = await docker(
    "run",
    "--rm",
    "--label=understudy.test=1",
    `understudy/${name}:1`,
    "sh",
    "-c",
    "env; ls -A /run/secrets",
  );
  expect(`${image}${history}${files}${logs()}`).not.toContain("hunter22");
  expect(logs()).toContain("@mirror.test/simple");
});

test("a step that fails is named, with its last lines and the log", async () => {
  const error = await build("RUN echo before && echo 'the cause' >&2 && exit 7").catch(
    (thrown: unknown) => thrown as Error,
  );
  expect(error).toMatchObject({ name: "UserError" });
  expect((error as Error).message).toMatch(
    new RegExp(`Building understudy/${name}:1 failed in step '\\d/\\d RUN echo before.*the cause`, "s"),
  );
  expect((error as { next?: string }).next).toContain(join(root, "logs", "images", `${name}-`));
  await expect(docker("image", "inspect", `understudy/${name}:1`)).rejects.toThrow();
});

test("a builder that is killed leaves no image, and the next one makes it", async () => {
  const recipe = await write("RUN sleep 4 && echo whole > /whole");
  const script = `import { buildImages } from ${JSON.stringify(join(sourceRoot, "packages/images/src/index.ts"))};
    await buildImages([{ recipe: ${JSON.stringify(recipe)}, reason: "missing" }], { logsDir: ${JSON.stringify(join(root, "logs"))} });`;
  const builder = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "ignore" });
  await sleep(2000);
  builder.kill("SIGKILL");
  await expect(docker("image", "inspect", `understudy/${name}:1`)).rejects.toThrow();
  await Promise.all([run(recipe), run(recipe)]);
  expect(await docker("run", "--rm", "--label=understudy.test=1", `understudy/${name}:1`, "cat", "/whole")).toBe(
    "whole",
  );
});

async function build(instruction: string): Promise<void> {
  await run(await write(instruction));
}

async function run(recipe: Recipe): Promise<void> {
  await buildImages([{ recipe, reason: "missing" }], { logsDir: join(root, "logs") });
}

async function write(instruction: string): Promise<Recipe> {
  const folder = join(root, "images", name);
  mkdirSync(folder);
  writeFileSync(join(folder, "recipe.yml"), "title: Test\nversion: '1'\n");
  // Named in the step itself, so that no step of an earlier run is found in the builder's cache.
  writeFileSync(join(folder, "Dockerfile"), `FROM understudy/debian:trixie\nENV TEST=${name}\n${instruction}\n`);
  return recipeOf(name, await recipes(join(root, "images")));
}

function logs(): string {
  const folder = join(root, "logs", "images");
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("");
}
