import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MoveReport } from "../src/move/report.ts";
import { MoveStage } from "./support/move-stage.ts";
import { cannotPlayRemoteHost } from "./support/remote-host.ts";
import { edit } from "./support/tiny-stack.ts";

const reason = cannotPlayRemoteHost();
if (reason) console.warn(`SKIPPED, engine-move.long.test.ts: ${reason}`);

describe.skipIf(reason)(`engine:move${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let stage: MoveStage;
  const deploy = () => stage.installation.json<{ changes: Record<string, number> }>("deploy:staging");
  const move = (...flags: string[]) => stage.installation.json<MoveReport>("engine:move", "--staging", ...flags);
  const noChanges = { create: 0, update: 0, delete: 0, replace: 0 };
  const rows = (machine: number) => Number(stage.sql(machine, "SELECT count(*) FROM kept"));

  beforeAll(async () => {
    stage = await MoveStage.open();
    stage.onSwarm();
    await stage.installation.json("swarm:form", "--staging", "--yes");
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  describe("from a host that is a machine of the swarm", () => {
    beforeAll(async () => {
      stage.onHost(1);
      await deploy();
      stage.sql(1, "CREATE DATABASE app");
      stage.sql(1, "CREATE TABLE kept AS SELECT generate_series(1, 5000) AS id");
    });

    it("is refused by every other verb, so that no empty second stack is made", async () => {
      stage.onSwarm();
      for (const verb of ["deploy:staging", "status", "backup"]) {
        const { exitCode, stderr } = await stage.installation.run(verb, ...(verb.includes(":") ? [] : ["--staging"]));
        expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining("pnpm engine:move") });
      }
    });

    it("says what it would do, and changes nothing", async () => {
      const planned = await move("--dry-run");
      expect(planned).toMatchObject({ result: "planned", data: "in place", home: "node1", backup: null });
      expect(planned.steps.join("\n")).toContain("without ports: 127.0.0.1:5432");
      await expect(stage.answer(1)).resolves.toMatch(/^here /);
    });

    it("refuses a swarm that has no port free, before anything is stopped", async () => {
      const { swarm } = stage;
      const run = [
        "run",
        "--detach",
        "--name",
        "holder",
        "--publish",
        "8000:8000",
        "understudy/haproxy:3.0.11",
        "sleep",
        "600",
      ];
      swarm.hosts[1]?.docker(...run);
      const { exitCode, stderr } = await stage.installation.run("engine:move", "--staging", "--yes");
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringContaining("A port is taken: 8000 (container holder)"),
      });
      expect(stderr).not.toContain("Going back");
      await expect(stage.answer(1)).resolves.toMatch(/^here /);
      swarm.hosts[1]?.docker("rm", "--force", "holder");
    });

    it("runs on the swarm, with the same data and nothing left to change", async () => {
      const moved = await move("--yes");
      expect(moved).toMatchObject({ result: "moved", backup: expect.stringMatching(/^backup-/), settings: null });
      console.log(`in place: nothing answered for ${moved.awaySeconds} s`);
      expect(rows(1)).toBe(5_000);
      for (const door of [1, 2]) await expect(stage.answer(door)).resolves.toMatch(/^here /);
      expect((await deploy()).changes).toEqual(noChanges);
    });

    it("goes back with what was written meanwhile", async () => {
      stage.sql(1, "INSERT INTO kept VALUES (5001), (5002)");
      const back = await move("--back", "--yes");
      expect(back).toMatchObject({ result: "moved", settings: expect.stringContaining("host: ssh://") });
      expect(rows(1)).toBe(5_002);
      await expect(stage.answer(2)).rejects.toThrow();
      const { stderr } = await stage.installation.run("deploy:staging");
      expect(stderr).toContain("understudy.yml says engine: swarm");
      stage.onHost(1);
      expect((await deploy()).changes).toEqual(noChanges);
      stage.onSwarm();
    });

    it.each(["leave", "arrive"])("goes on after kill -9 at %s", async (step) => {
      const from = stage.installation.steps("staging").length;
      const flags = step === "leave" ? [] : ["--back"];
      const begun = () => stage.installation.steps("staging", from).includes(step);
      const killed = await stage.installation.during(["engine:move", "--staging", "--yes", ...flags], begun, (pid) =>
        process.kill(-pid, "SIGKILL"),
      );
      expect(killed?.exitCode).toBeNull();
      const { stderr } = await stage.installation.run("deploy:staging");
      expect(stderr).toContain("staging is on its way from");
      expect(await move("--yes")).toMatchObject({ result: "moved", awaySeconds: null });
      expect(rows(1)).toBe(5_002);
      await expect(stage.answer(1)).resolves.toMatch(/^here /);
    });

    it("is taken back after kill -9, when the person says so", async () => {
      const from = stage.installation.steps("staging").length;
      const begun = () => stage.installation.steps("staging", from).includes("arrive");
      await stage.installation.during(["engine:move", "--staging", "--yes"], begun, (pid) =>
        process.kill(-pid, "SIGKILL"),
      );
      expect(await move("--back", "--yes")).toMatchObject({ result: "undone" });
      expect(rows(1)).toBe(5_002);
      stage.onHost(1);
      expect((await deploy()).changes).toEqual(noChanges);
    });

    it("comes back by itself from a swarm that cannot run it", async () => {
      edit(
        stage.installation,
        "compose/docker-compose.yml",
        "    stop_signal: SIGTERM",
        "    mem_reservation: 900g\n    stop_signal: SIGTERM",
      );
      await deploy();
      stage.onSwarm();
      const { exitCode, stderr } = await stage.installation.run("engine:move", "--staging", "--yes");
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringMatching(/staging does not come up on the swarm of .*It runs on ssh:\S+ again/),
      });
      expect(rows(1)).toBe(5_002);
      await expect(stage.answer(1)).resolves.toMatch(/^here /);
      stage.onHost(1);
      await stage.installation.json("destroy:staging", "--volumes", "--yes");
      edit(stage.installation, "compose/docker-compose.yml", "    mem_reservation: 900g\n", "");
    });
  });

  describe("from a host that is none of the swarm's machines", () => {
    beforeAll(async () => {
      stage.onHost(3);
      await deploy();
      stage.sql(3, "CREATE DATABASE app");
      stage.sql(3, "CREATE TABLE kept AS SELECT generate_series(1, 5000) AS id");
      stage.onSwarm();
    });

    it("refuses to write over volumes of the same name", async () => {
      const volume = `${stage.installation.project}-staging_data`;
      const machine = stage.machine(2);
      machine.docker("volume", "create", volume);
      const { stderr } = await stage.installation.run("engine:move", "--staging", "--dry-run");
      expect(stderr).toContain("which a move would write over");
      machine.docker("volume", "rm", volume);
    });

    it("copies the data, also after kill -9 in the middle", async () => {
      expect(await move("--dry-run")).toMatchObject({ data: "copied" });
      const from = stage.installation.steps("staging").length;
      const begun = () => stage.installation.steps("staging", from).includes("data");
      await stage.installation.during(["engine:move", "--staging", "--yes"], begun, (pid) =>
        process.kill(-pid, "SIGKILL"),
      );
      await move("--yes");
      expect(rows(homeOf())).toBe(5_000);
      expect((await deploy()).changes).toEqual(noChanges);
    });

    it("goes back with what was written meanwhile, over what was left there", async () => {
      stage.sql(homeOf(), "INSERT INTO kept VALUES (5001)");
      await move("--back", "--yes");
      expect(rows(3)).toBe(5_001);
      stage.onHost(3);
      expect((await deploy()).changes).toEqual(noChanges);
    });

    it("removes what the other place still has, and then knows no way back", async () => {
      const home = homeOf("volume");
      expect((await move("--finish", "--yes")).steps).toHaveLength(1);
      expect(stage.machine(home).docker("volume", "ls", "--quiet", "--filter", "name=staging_data")).toBe("");
      const { stderr } = await stage.installation.run("engine:move", "--staging", "--back", "--yes");
      expect(stderr).toContain("there is no way back");
    });

    /** Which machine of the swarm has its Postgres, or its volume. */
    function homeOf(what: "container" | "volume" = "container"): number {
      const look = {
        container: ["ps", "--quiet", "--filter", "label=understudy.service=postgres"],
        volume: ["volume", "ls", "--quiet", "--filter", "name=staging_data"],
      };
      const home = [1, 2].find((number) => stage.machine(number).docker(...look[what]) !== "");
      if (!home) throw new Error(`no machine of the swarm has the ${what}`);
      return home;
    }
  });
});
