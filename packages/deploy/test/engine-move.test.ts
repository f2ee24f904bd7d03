import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MoveStage } from "./support/move-stage.ts";
import { cannotPlayRemoteHost } from "./support/remote-host.ts";

const reason = cannotPlayRemoteHost();
if (reason) console.warn(`SKIPPED, engine-move.test.ts: ${reason}`);

// Kills on the way, what cannot be, and a host that is none of the swarm's machines: engine-move.long.test.ts.
describe.skipIf(reason)(`engine:move${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let stage: MoveStage;
  const noChanges = { create: 0, update: 0, delete: 0, replace: 0 };

  beforeAll(async () => {
    stage = await MoveStage.open();
    await stage.begin(1);
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  it("is refused by every other verb, so that no empty second stack is made", async () => {
    stage.onSwarm();
    for (const verb of ["deploy:staging", "status", "backup"]) {
      const { exitCode, stderr } = await stage.installation.run(verb, ...(verb.includes(":") ? [] : ["--staging"]));
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("pnpm engine:move") });
    }
  });

  it("says what it would do, and changes nothing", async () => {
    const planned = await stage.move("--dry-run");
    expect(planned).toMatchObject({ result: "planned", data: "in place", home: "node1", backup: null });
    expect(planned.steps.join("\n")).toContain("without ports: 127.0.0.1:5432");
    await expect(stage.answer(1)).resolves.toMatch(/^here /);
  });

  it("refuses a swarm that has no port free, before anything is stopped", async () => {
    const other = stage.machine(2);
    other.docker("run", "-d", "--name", "holder", "-p", "8000:8000", "understudy/haproxy:3.0.11", "sleep", "600");
    const { exitCode, stderr } = await stage.installation.run("engine:move", "--staging", "--yes");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining("A port is taken: 8000 (container holder)"),
    });
    expect(stderr).not.toContain("Going back");
    await expect(stage.answer(1)).resolves.toMatch(/^here /);
    other.docker("rm", "--force", "holder");
  });

  it("runs on the swarm, with the same data and nothing left to change", async () => {
    const moved = await stage.move("--yes");
    expect(moved).toMatchObject({ result: "moved", backup: expect.stringMatching(/^backup-/), settings: null });
    console.log(`in place: nothing answered for ${moved.awaySeconds} s`);
    expect(stage.rows(1)).toBe(5_000);
    for (const door of [1, 2]) await expect(stage.answer(door)).resolves.toMatch(/^here /);
    expect((await stage.deploy()).changes).toEqual(noChanges);
  });

  it("goes back with what was written meanwhile", async () => {
    stage.sql(1, "INSERT INTO kept VALUES (5001), (5002)");
    const back = await stage.move("--back", "--yes");
    expect(back).toMatchObject({ result: "moved", settings: expect.stringContaining("host: ssh://") });
    expect(stage.rows(1)).toBe(5_002);
    await expect(stage.answer(2)).rejects.toThrow();
    const { stderr } = await stage.installation.run("deploy:staging");
    expect(stderr).toContain("understudy.yml says engine: swarm");
    stage.onHost(1);
    expect((await stage.deploy()).changes).toEqual(noChanges);
  });
});
