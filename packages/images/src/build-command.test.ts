import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { buildCommand } from "./build-command.ts";
import { buildEnvironment, privateValues } from "./build-environment.ts";
import type { Recipe } from "./recipe.ts";

const recipe: Recipe = {
  name: "app",
  title: "The app",
  version: "1",
  tag: "understudy/app:1",
  official: undefined,
  bases: [],
  hash: "abc",
  folder: "/repo/images/app",
  debian: undefined,
};
const none = { certificates: undefined, mavenSettings: undefined };

test("a client of before 23 builds by itself, and only secrets that exist are named", () => {
  expect(buildCommand({ path: "/usr/bin/docker", version: "20.10.24", buildx: false }, recipe, none)).toEqual([
    "/usr/bin/docker",
    "build",
    "--progress=plain",
    "--secret=id=env,env=UNDERSTUDY_BUILD_ENV",
    "--label=org.opencontainers.image.title=The app",
    "--label=org.opencontainers.image.version=1",
    "--label=understudy.recipe=abc",
    "--tag=understudy/app:1",
    "/repo/images/app",
  ]);
});

test("buildx builds in the engine itself, where the bases are", () => {
  const secrets = { certificates: "/etc/ca.crt", mavenSettings: undefined };
  const command = buildCommand({ path: "docker", version: "28.2.2", buildx: true }, recipe, secrets);
  expect(command.slice(0, 6)).toEqual(["docker", "buildx", "build", "--builder", "default", "--load"]);
  expect(command).toContain("--secret=id=ca,src=/etc/ca.crt");
});

test("no value of the environment is on the command line", () => {
  const command = buildCommand({ path: "docker", version: "20", buildx: false }, recipe, none).join(" ");
  expect(command).not.toMatch(/--build-arg|registry/);
});

test("the build environment survives a shell, whatever is in it", () => {
  const env = {
    PIP_INDEX_URL: `https://u:it's "$HOME"@mirror/simple`,
    HOME: "/secret",
    https_proxy: "http://proxy:3128",
  };
  const script = buildEnvironment(env, { ...none, certificates: "/etc/ca.crt" });
  const shown = execFileSync("sh", [
    "-c",
    `${script}printf '%s|%s|%s' "$PIP_INDEX_URL" "$https_proxy" "$NODE_EXTRA_CA_CERTS"`,
  ]);
  expect(shown.toString()).toBe(`${env.PIP_INDEX_URL}|http://proxy:3128|/run/secrets/ca.crt`);
  expect(script).not.toContain("/secret\n");
});

test("nothing to forward is still a script", () => {
  expect(buildEnvironment({}, none)).toBe("true\n");
});

test("passwords of proxies and mirrors are known as such", () => {
  expect(
    privateValues({ PIP_INDEX_URL: "https://bob:hunter22@mirror/simple", http_proxy: "http://proxy:3128" }),
  ).toEqual(["bob:hunter22"]);
});
