import { describe, expect, test } from "vitest";
import { kernelScript } from "../swarm/kernel.ts";
import { examine } from "./examine.ts";
import { type FakeMachine, fakeMachine } from "./fake-machine.ts";
import type { Finding } from "./finding.ts";

async function finding(name: string, differences: FakeMachine): Promise<Finding & { everythingOk: boolean }> {
  const { ok, requirements } = await examine(fakeMachine(differences));
  const found = requirements.find((requirement) => requirement.name === name);
  if (!found) throw new Error(`no requirement ${name}`);
  return { ...found, everythingOk: ok };
}

describe("a machine with everything in place", () => {
  test("is ok, and nothing is to be mended", async () => {
    const { ok, requirements } = await examine(fakeMachine());
    expect(ok).toBe(true);
    expect(requirements.filter(({ mend }) => mend !== null)).toEqual([]);
  });

  test("names every requirement once, in a fixed order", async () => {
    const { requirements } = await examine(fakeMachine());
    expect(requirements.map(({ name }) => name)).toEqual([
      "os",
      "memory",
      "clock",
      "node",
      "pnpm",
      "dependencies",
      "docker-client",
      "docker-engine",
      "disk",
      "pulumi",
      "pulumi-docker",
      "go",
      "git",
      "ssh",
      "mmdebstrap",
    ]);
  });

  test("tells version and place", async () => {
    expect(await finding("docker-engine", {})).toMatchObject({
      version: "20.10.24+dfsg1 (API 1.41)",
      location: "the default socket",
    });
    expect(await finding("os", {})).toMatchObject({ version: "Debian GNU/Linux 12 (bookworm)", location: "x64" });
    expect(await finding("ssh", {})).toMatchObject({ version: "9.2", location: "/usr/bin/ssh" });
  });

  test("does not ask for Go, which is not there", async () => {
    expect(await finding("go", {})).toMatchObject({ status: "unneeded", mend: null });
  });
});

describe("a Postgres that somebody else runs", () => {
  const managed = [{ environment: "production", place: "db.example.org:5432", ca: "/ca.pem" }];
  const look = async (files: Record<string, string>) => {
    const { ok, requirements } = await examine({ ...fakeMachine({ files }), managed });
    return { ok, ...requirements.find(({ name }) => name === "postgres-production") };
  };

  test("is named, and what is wrong with its CA", async () => {
    expect(await look({})).toMatchObject({
      ok: false,
      version: "db.example.org:5432",
      mend: expect.stringMatching(/^\/ca\.pem is missing: /),
    });
    expect(await look({ "/ca.pem": "none" })).toMatchObject({
      status: "failed",
      mend: expect.stringContaining("has no certificate in it"),
    });
  });

  test("needs no CA of its own", async () => {
    const { requirements } = await examine({ ...fakeMachine(), managed: [{ ...managed[0], ca: undefined } as never] });
    expect(requirements.at(-1)).toMatchObject({ status: "ok", location: null, mend: null });
  });
});

const docker = "docker version --format {{json .}}";
const engineDown = (stderr: string) => ({
  commands: { [docker]: { code: 1, stdout: '{"Client":{"Version":"28.2.2"},"Server":null}', stderr } },
});

describe("what is missing", () => {
  test.each<[string, string, FakeMachine, RegExp]>([
    ["os", "another system", { platform: "win32" }, /WSL 2/],
    ["memory", "too little memory", { memoryGib: 2 }, /larger machine/],
    ["clock", "a clock behind the newest commit", { now: "2020-01-01T00:00:00Z" }, /set-ntp/],
    ["node", "an old Node", { commands: { "node --version": "v20.20.2\n" } }, /understudy setup/],
    ["pnpm", "no pnpm", { commands: { "pnpm --version": "" } }, /understudy setup/],
    ["dependencies", "no dependencies", { files: { "/code/node_modules/.pnpm/lock.yaml": undefined } }, /pnpm install/],
    ["dependencies", "old dependencies", { files: { "/code/node_modules/.pnpm/lock.yaml": "old" } }, /pnpm install/],
    ["docker-client", "no client", { commands: { [docker]: "", "docker info --format {{json .}}": "" } }, /setup/],
    ["docker-engine", "no engine", engineDown("Cannot connect to the Docker daemon"), /understudy setup/],
    ["docker-engine", "no permission", engineDown("permission denied while trying to connect"), /usermod -aG docker/],
    [
      "docker-engine",
      "an engine elsewhere that is down",
      { ...engineDown("Cannot connect"), env: { DOCKER_HOST: "tcp://there:2375" } },
      /tcp:\/\/there:2375/,
    ],
    ["docker-engine", "no engine on macOS", { ...engineDown("Cannot connect"), platform: "darwin" }, /colima/],
    [
      "docker-engine",
      "an old engine",
      { commands: { [docker]: '{"Client":{},"Server":{"Version":"19.03.15","ApiVersion":"1.40"}}' } },
      /Update the engine/,
    ],
    ["disk", "no room", { freeGib: 3 }, /docker system df/],
    [
      "pulumi",
      "no Pulumi",
      { commands: { "/home/ann/.cache/understudy/pulumi-3.250.0/bin/pulumi version": "" } },
      /setup/,
    ],
    [
      "git",
      "no git",
      { commands: { "git --version": "", "git -C /code log -1 --format=%ct": "" } },
      /apt-get install git/,
    ],
  ])("%s: %s", async (name, _what, differences, mend) => {
    const found = await finding(name, differences);
    expect(found).toMatchObject({ status: "failed", required: true, everythingOk: false });
    expect(found.mend).toMatch(mend);
  });
});

describe("what is worth a look", () => {
  test.each<[string, string, FakeMachine]>([
    ["memory", "less than the laptop profile's limits", { memoryGib: 6 }],
    ["disk", "room for a deploy, not for the images", { freeGib: 10 }],
    ["disk", "a disk that cannot be looked at", { freeGib: undefined }],
    ["mmdebstrap", "no mmdebstrap", { commands: { "mmdebstrap --version": "" } }],
    ["ssh", "no ssh", { commands: { "ssh -V": "" } }],
    [
      "pulumi",
      "a Pulumi of another version",
      { commands: { "/home/ann/.cache/understudy/pulumi-3.250.0/bin/pulumi version": "v3.249.0\n" } },
    ],
  ])("%s: %s", async (name, _what, differences) => {
    const found = await finding(name, differences);
    expect(found).toMatchObject({ status: "warning", everythingOk: true });
    expect(found.mend).toBeTruthy();
  });

  test("Go, when Pulumi is missing and the one here is too old", async () => {
    const found = await finding("go", {
      commands: {
        "/home/ann/.cache/understudy/pulumi-3.250.0/bin/pulumi version": "",
        "go env GOVERSION": "go1.19.8\n",
      },
    });
    expect(found).toMatchObject({ status: "warning", version: "1.19.8", required: false });
  });

  test("a docker that answers nonsense is an engine that is not there", async () => {
    const found = await finding("docker-engine", { commands: { [docker]: "template: syntax error" } });
    expect(found.status).toBe("failed");
  });

  test.each([
    ["vxlan", "/sys/module/vxlan\n# CONFIG_IP_VS is not set\n", { status: "ok", mend: null }],
    ["ipvs", "/sys/module/vxlan\n# CONFIG_IP_VS is not set\n", { status: "warning", version: null }],
    ["ipvs", "", { status: "warning", version: "cannot be told", mend: expect.stringContaining("modprobe ip_vs") }],
  ])("%s, of a kernel in a swarm", async (name, printed, expected) => {
    const found = await finding(name, { swarm: true, commands: { [`sh -c ${kernelScript()}`]: printed } });
    expect(found).toMatchObject({ ...expected, required: false, everythingOk: true });
  });

  test("macOS needs no mmdebstrap", async () => {
    const { requirements } = await examine(fakeMachine({ platform: "darwin" }));
    expect(requirements.map(({ name }) => name)).not.toContain("mmdebstrap");
  });
});
