import { describe, expect, test } from "vitest";
import { UserError } from "./errors.ts";
import { assertPulumi, toolchain } from "./toolchain.ts";

const versions = `# comment
NODE_VERSION=24.1.0
PNPM_VERSION=12.1.0
PULUMI_VERSION=3.250.0
DOCKER_PROVIDER_VERSION=5.2.0
`;

describe("toolchain", () => {
  test("lays the paths out as the launcher does", () => {
    expect(toolchain({ HOME: "/home/ann" }, versions)).toEqual({
      cache: "/home/ann/.cache/understudy",
      nodeVersion: "24.1.0",
      pnpmVersion: "12.1.0",
      pulumiVersion: "3.250.0",
      dockerProviderVersion: "5.2.0",
      pulumiHome: "/home/ann/.cache/understudy/pulumi-3.250.0",
      pulumiBin: "/home/ann/.cache/understudy/pulumi-3.250.0/bin/pulumi",
      providerBin: "/home/ann/.cache/understudy/pulumi-3.250.0/plugins/resource-docker-v5.2.0/pulumi-resource-docker",
    });
  });

  test.each([
    [{ HOME: "/h", XDG_CACHE_HOME: "/x" }, "/x/understudy"],
    [{ HOME: "/h", XDG_CACHE_HOME: "" }, "/h/.cache/understudy"],
    [{ HOME: "/h", XDG_CACHE_HOME: "/x", UNDERSTUDY_CACHE: "/u" }, "/u"],
    [{ HOME: "/h", UNDERSTUDY_CACHE: "" }, "/h/.cache/understudy"],
  ])("finds the cache from %j", (env, cache) => {
    expect(toolchain(env, versions).cache).toBe(cache);
  });

  test("names a version that is not pinned", () => {
    expect(() => toolchain({}, "NODE_VERSION=1.0.0\n")).toThrow(/does not pin DOCKER_PROVIDER_VERSION/);
  });

  test("reads this checkout's own pins", () => {
    expect(toolchain().pulumiVersion).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe("assertPulumi", () => {
  const chain = toolchain({ HOME: "/home/ann" }, versions);

  test("returns the toolchain when both files are there", () => {
    expect(assertPulumi(chain, () => true)).toBe(chain);
  });

  test.each([
    [chain.pulumiBin, "Pulumi is not at"],
    [chain.providerBin, "Pulumi's Docker provider is not at"],
  ])("names the missing %s and the next step", (missing, message) => {
    try {
      assertPulumi(chain, (path) => path !== missing);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toBe(`${message} ${missing}`);
      expect((error as UserError).next).toContain("./understudy setup");
    }
  });
});
