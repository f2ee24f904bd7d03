import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Sandbox } from "./sandbox.ts";

const all = "openssh-server docker-registry iproute2 docker-compose cron systemd chromium python3-pip";
const programs = ["sshd", "docker-registry", "ip", "docker-compose", "crontab", "systemd-analyze", "chromium"];
let box: Sandbox;
let policy: string;
let seenPolicy: string;

beforeEach(() => {
  box = new Sandbox();
  box.withEverything();
  box.standIn("install", 'exec /usr/bin/install "$@"');
  mkdirSync(join(box.hostRoot, "usr/sbin"), { recursive: true });
  policy = join(box.hostRoot, "usr/sbin/policy-rc.d");
  seenPolicy = join(box.folder, "seen-policy");
});
afterEach(() => box[Symbol.dispose]());

/** apt-get that keeps the policy that it finds while it installs. */
function apt(exitCode = 0): void {
  box.standIn("apt-get", `case "$*" in *install*) cp '${policy}' '${seenPolicy}'; exit ${exitCode} ;; esac`);
  box.standIn("cp", 'exec /bin/cp "$@"');
}

test("nothing missing: nothing is installed", async () => {
  for (const name of [...programs, "python3"]) box.standIn(name);
  apt();
  expect((await box.run(["test"])).stdout).toBe("ran: --silent run test\n");
  expect(box.calls("apt-get")).toEqual([]);
});

test("a Python without pip is not enough", async () => {
  for (const name of programs) box.standIn(name);
  box.standIn("python3", "exit 1");
  apt();
  expect((await box.run(["test"])).stderr).toContain("installs the system packages: python3-pip\n");
});

test("other verbs do not need them", async () => {
  apt();
  expect((await box.run(["status"])).code).toBe(0);
  expect(box.calls("apt-get")).toEqual([]);
});

test("they are installed, and said; their services may not start, nor may they at the next boot", async () => {
  apt();
  box.standIn("systemctl");
  const { code, stdout, stderr } = await box.run(["test"]);
  expect(stderr).toContain(`installs the system packages: ${all}`);
  expect(box.calls("apt-get install")[0] ?? box.calls("apt-get").at(-1)).toContain(all);
  const forbids = readFileSync(seenPolicy, "utf8");
  expect(forbids).toContain("ssh* | docker-registry* | cron) exit 101");
  expect(existsSync(policy)).toBe(false);
  expect(box.calls("systemctl disable")).toEqual([
    "systemctl disable ssh.service ssh.socket docker-registry.service cron.service",
  ]);
  expect([code, stdout]).toEqual([0, "ran: --silent run test\n"]);
});

test("a service that was there before is left as it is", async () => {
  box.standIn("sshd");
  apt();
  box.standIn("systemctl");
  await box.run(["test"]);
  expect(box.calls("systemctl disable")).toEqual(["systemctl disable docker-registry.service cron.service"]);
});

test("a policy of somebody else stays", async () => {
  writeFileSync(policy, "theirs\n");
  apt();
  await box.run(["test"]);
  expect(readFileSync(policy, "utf8")).toBe("theirs\n");
});

test("what cannot be installed is said, and the tests run", async () => {
  apt(100);
  const { code, stderr, stdout } = await box.run(["test"]);
  expect(stderr).toContain(`Tests that need them will fail: ${all}`);
  expect([code, stdout]).toEqual([0, "ran: --silent run test\n"]);
  expect(existsSync(policy)).toBe(false);
});

test.each([
  ["without apt-get", () => {}, "there is no apt-get"],
  [
    "without root",
    () => {
      apt();
      box.installIdentity("ann", "ann docker");
    },
    "installing needs root: apt-get install",
  ],
])("%s the same", async (_what, given, said) => {
  given();
  const { code, stderr } = await box.run(["test"]);
  expect(stderr).toContain(said);
  expect(stderr).toContain(all);
  expect(code).toBe(0);
});
