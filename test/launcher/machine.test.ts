import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Sandbox } from "./sandbox.ts";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox();
});
afterEach(() => box[Symbol.dispose]());

/** apt-get that brings Docker when it is asked for. */
function aptThatInstallsDocker(): void {
  box.installDocker();
  const hidden = join(box.folder, "hidden");
  mkdirSync(hidden);
  for (const name of ["docker", "dockerd"]) renameSync(join(box.tools, name), join(hidden, name));
  box.standIn("apt-get", `case "$*" in *docker.io*) mv '${hidden}/docker' '${hidden}/dockerd' '${box.tools}' ;; esac`);
}

describe("words", () => {
  test("no verb: help with every verb of package.json, exit 2", async () => {
    const { code, stdout, stderr } = await box.run([]);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    const { scripts } = JSON.parse(readFileSync(join(box.root, "package.json"), "utf8"));
    for (const verb of Object.keys(scripts)) expect(stderr.split("\n")).toContain(`  ${verb}`);
  });

  test("--help: the same on standard output, exit 0, nothing installed", async () => {
    const { code, stdout } = await box.run(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("  deploy:staging\n");
    expect(existsSync(box.cache)).toBe(false);
  });

  test.each([["deploy"], ["deploy.staging"], ["-x"], ["--yse", "status"], [""], ["scripts"]])(
    "%j: one line, exit 2, nothing installed",
    async (...args) => {
      const { code, stderr } = await box.run(args);
      expect(code).toBe(2);
      expect(stderr.trim().split("\n")).toHaveLength(1);
      expect(existsSync(box.cache)).toBe(false);
    },
  );

  test("arguments reach the verb untouched, quiet on standard output", async () => {
    box.withEverything();
    const { code, stdout } = await box.run(["--yes", "logs", "n8n", "--follow", "--yes", "two words"]);
    expect(code).toBe(0);
    expect(stdout).toBe("ran: --silent run logs n8n --follow --yes two words\n");
  });

  test("the verb's exit code is the launcher's", async () => {
    box.withEverything();
    await box.run(["status"]);
    const pnpm = join(box.cache, `node-${box.pinned("NODE_VERSION")}/node_modules/.bin/pnpm`);
    writeFileSync(pnpm, "#!/bin/sh\nexit 7\n");
    expect((await box.run(["status"])).code).toBe(7);
  });
});

describe("nothing missing", () => {
  beforeEach(async () => {
    box.withEverything();
    expect((await box.run(["status"])).code).toBe(0);
    box.forgetCalls();
  });

  test("no package manager, download or compiler is touched, and nothing is said", async () => {
    const { stderr } = await box.run(["status"], { UNDERSTUDY_PULUMI_DOWNLOAD_BASE: "http://127.0.0.1:9" });
    expect(box.calls()).toEqual(["docker version", "pnpm --silent run status"]);
    expect(stderr).toBe("");
  });

  test("a changed lockfile installs the dependencies again, once", async () => {
    appendFileSync(join(box.root, "pnpm-lock.yaml"), "# changed\n");
    await box.run(["check"]);
    await box.run(["check"]);
    expect(box.calls("pnpm").filter((call) => call.includes("install"))).toHaveLength(1);
  });

  test("the cache holds nothing unfinished", () => {
    expect(readdirSync(box.cache)).not.toContain("tmp");
  });
});

describe("verbs that need no engine", () => {
  test.each(["doctor", "check"])("%s runs without Docker and Pulumi, and installs neither", async (verb) => {
    box.installNode();
    const { code, stdout } = await box.run([verb]);
    expect(code).toBe(0);
    expect(stdout).toBe(`ran: --silent run ${verb}\n`);
    expect(existsSync(box.pulumiHome)).toBe(false);
  });

  test("setup brings everything, then shows the doctor", async () => {
    box.withEverything();
    const { code, stdout } = await box.run(["setup"]);
    expect(code).toBe(0);
    expect(stdout).toBe("ran: --silent run doctor\n");
    expect(existsSync(box.providerDir)).toBe(true);
  });
});

describe("no Node", () => {
  test("the system's package first, as a step to the pinned one", async () => {
    box.withEverything();
    const hidden = join(box.folder, "npm");
    renameSync(join(box.tools, "npm"), hidden);
    rmSync(join(box.tools, "node"));
    box.standIn(
      "apt-get",
      `case "$*" in *"install -y -q -o DPkg::Lock::Timeout=300 nodejs npm"*) mv '${hidden}' '${box.tools}/npm'; touch '${box.tools}/node'; chmod 755 '${box.tools}/node' ;; esac`,
    );
    const { code, stderr } = await box.run(["check"]);
    expect(stderr).toContain("installs the system packages: nodejs npm");
    expect(code).toBe(0);
    expect(box.calls("apt-get")).toEqual([
      "apt-get update -q",
      "apt-get install -y -q -o DPkg::Lock::Timeout=300 nodejs npm",
    ]);
    expect(box.calls("npm")[0]).toContain(`node@${box.pinned("NODE_VERSION")} pnpm@${box.pinned("PNPM_VERSION")}`);
  });

  test("no apt-get either: says what to install", async () => {
    const { code, stderr } = await box.run(["check"]);
    expect(code).toBe(1);
    expect(stderr).toContain("Install by its own means: nodejs npm");
  });
});

describe("no Docker engine", () => {
  beforeEach(() => {
    box.withEverything();
    for (const name of ["docker", "dockerd"]) rmSync(join(box.tools, name));
    rmSync(box.engineMark);
  });

  test.each([{}, { CI: "false" }])("without terminal and consent (%j): refused with the line to run", async (env) => {
    box.standIn("apt-get");
    const { code, stderr } = await box.run(["deploy:staging"], env);
    expect(code).toBe(1);
    expect(stderr).toContain("./understudy --yes deploy:staging");
    expect(box.calls("apt-get")).toEqual([]);
  });

  test.each<[string, string[], NodeJS.ProcessEnv]>([
    ["--yes", ["--yes", "status"], {}],
    ["CI", ["status"], { CI: "true" }],
  ])("with %s: package, engine, verb", async (_what, args, env) => {
    aptThatInstallsDocker();
    const { code, stderr, stdout } = await box.run(args, env);
    expect(stderr).toContain("installs the system packages: docker.io mmdebstrap");
    expect(stderr).toContain("starts the Docker engine (dockerd, log in");
    expect(code).toBe(0);
    expect(stdout).toBe("ran: --silent run status\n");
    expect(box.calls("dockerd")).toHaveLength(1);
  });

  test("on a terminal: asks; no means that nothing is done", async () => {
    aptThatInstallsDocker();
    const { code, stdout } = await box.runOnTerminal(["status"], "n\n");
    expect(stdout).toContain("Installing the Docker engine (system package docker.io). Go on? [y/N]");
    expect(code).toBe(1);
    expect(box.calls("apt-get")).toEqual([]);
  });

  test("on a terminal: yes installs and starts, asked once", async () => {
    aptThatInstallsDocker();
    const { code, stdout } = await box.runOnTerminal(["status"], "y\n");
    expect(stdout).toContain("ran: --silent run status");
    expect(code).toBe(0);
    expect(stdout.match(/Go on\?/g)).toHaveLength(1);
  });

  test("a person who is not root goes through sudo", async () => {
    aptThatInstallsDocker();
    box.installIdentity("ann", "ann docker");
    box.standIn("sudo", 'exec "$@"');
    expect((await box.run(["--yes", "status"])).code).toBe(0);
    expect(
      box.calls(
        "sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q -o DPkg::Lock::Timeout=300 docker.io mmdebstrap",
      ),
    ).toHaveLength(1);
    expect(box.calls("sudo setsid dockerd")).toHaveLength(1);
  });
});

describe("an engine that is installed but down", () => {
  beforeEach(() => {
    box.withEverything();
    rmSync(box.engineMark);
  });

  test("systemd starts it where systemd runs", async () => {
    box.standIn(
      "systemctl",
      `case $1 in is-system-running) echo degraded; exit 1 ;; enable) touch '${box.engineMark}' ;; esac`,
    );
    expect((await box.run(["--yes", "status"])).code).toBe(0);
    expect(box.calls("systemctl enable --now docker")).toHaveLength(1);
    expect(box.calls("dockerd")).toEqual([]);
  });

  test("starting asks too", async () => {
    const { code, stderr } = await box.run(["status"]);
    expect(code).toBe(1);
    expect(stderr).toContain("Starting the Docker engine needs your consent");
  });

  test("stale pid files and socket of an engine that was ended hard are cleared", async () => {
    const run = join(box.hostRoot, "var/run");
    mkdirSync(join(run, "docker/containerd"), { recursive: true });
    // A number that lives, but is not dockerd's: dockerd itself would refuse to start.
    writeFileSync(join(run, "docker.pid"), String(process.pid));
    writeFileSync(join(run, "docker/containerd/containerd.pid"), String(process.pid));
    writeFileSync(join(run, "docker.sock"), "");
    expect((await box.run(["--yes", "status"])).code).toBe(0);
    expect(box.calls("dockerd")).toHaveLength(1);
    expect(readdirSync(run)).toEqual(["docker"]);
    expect(readdirSync(join(run, "docker/containerd"))).toEqual([]);
  });

  test("an engine that ends at once: its last words, exit 1", async () => {
    box.standIn("dockerd", "echo 'failed to start daemon: no iptables' >&2; exit 1");
    const { code, stderr } = await box.run(["--yes", "status"]);
    expect(code).toBe(1);
    expect(stderr).toContain("no iptables");
    expect(stderr).toContain(join(box.cache, "dockerd.log"));
  });

  test("DOCKER_HOST names an engine elsewhere: none is started here", async () => {
    const { code, stderr } = await box.run(["--yes", "status"], { DOCKER_HOST: "tcp://there:2375" });
    expect(code).toBe(1);
    expect(stderr).toContain("DOCKER_HOST=tcp://there:2375");
    expect(box.calls("dockerd")).toEqual([]);
  });
});

describe("a person who is not root, with an engine that answers", () => {
  test("never needs sudo", async () => {
    box.withEverything();
    box.installIdentity("ann");
    box.standIn("sudo", "exit 1");
    expect((await box.run(["status"])).code).toBe(0);
    expect(box.calls("sudo")).toEqual([]);
  });

  test("and no right to it: joins the group, and the same run goes on", async () => {
    box.withEverything();
    box.installIdentity("ann");
    box.standIn(
      "docker",
      `[ "$1" != context ] || exec echo default
[ -e '${box.folder}/in-group' ] || { echo "Got permission denied while trying to connect" >&2; exit 1; }`,
    );
    box.standIn("sudo", 'exec "$@"');
    box.standIn("usermod");
    box.standIn("sg", `touch '${box.folder}/in-group'; exec sh -c "$3"`);
    const { code, stdout, stderr } = await box.run(["--yes", "logs", "n8n", "it's here"]);
    expect(stderr).toContain("adds ann to the group docker");
    expect(code).toBe(0);
    expect(stdout).toBe("ran: --silent run logs n8n it's here\n");
    expect(box.calls("usermod")).toEqual(["usermod -aG docker ann"]);
    expect(box.calls("dockerd")).toEqual([]);
  });

  test("and no right to it, without consent: refused, and the group stays as it is", async () => {
    box.withEverything();
    box.installIdentity("ann");
    box.standIn("docker", '[ "$1" != context ] || exec echo default; echo "permission denied" >&2; exit 1');
    const { code, stderr } = await box.run(["status"]);
    expect(code).toBe(1);
    expect(stderr).toContain("Adding ann to the group docker");
    expect(box.calls("dockerd")).toEqual([]);
  });
});

describe("macOS", () => {
  beforeEach(() => {
    rmSync(join(box.tools, "uname"));
    box.standIn("uname", "echo Darwin");
  });

  test("says what to install, and installs nothing", async () => {
    const { code, stderr } = await box.run(["--yes", "status"]);
    expect(code).toBe(1);
    for (const what of ["node@24", "colima", "pulumi/tap/pulumi"]) expect(stderr).toContain(what);
    expect(box.calls().filter((call) => !call.startsWith("uname"))).toEqual([]);
  });

  test("with all of it there: uses its Pulumi and runs the verb", async () => {
    box.withEverything();
    box.standIn(
      "pulumi",
      `mkdir -p '${box.providerDir}'; touch '${box.providerDir}/pulumi-resource-docker'; chmod 755 '${box.providerDir}/pulumi-resource-docker'`,
    );
    const { code, stdout } = await box.run(["status"]);
    expect(code).toBe(0);
    expect(stdout).toBe("ran: --silent run status\n");
    expect(box.calls("pulumi")).toEqual([
      `pulumi plugin install resource docker v${box.pinned("DOCKER_PROVIDER_VERSION")}`,
    ]);
    expect(box.calls("go")).toEqual([]);
  });
});
