import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MoveStage } from "./support/move-stage.ts";
import { cannotPlayRemoteHost } from "./support/remote-host.ts";
import { edit } from "./support/tiny-stack.ts";

const reason = cannotPlayRemoteHost();
if (reason) console.warn(`SKIPPED, engine-move.long.test.ts: ${reason}`);

describe.skipIf(reason)(`engine:move${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let stage: MoveStage;
  const noChanges = { create: 0, update: 0, delete: 0, replace: 0 };

  beforeAll(async () => {
    stage = await MoveStage.open();
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  describe("from a host that is a machine of the swarm", () => {
    beforeAll(async () => {
      await stage.begin(1);
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
      expect(await stage.move("--yes")).toMatchObject({ result: "moved", awaySeconds: null });
      expect(stage.rows(1)).toBe(5_000);
      await expect(stage.answer(1)).resolves.toMatch(/^here /);
    });

    it("is taken back after kill -9, when the person says so", async () => {
      const from = stage.installation.steps("staging").length;
      const begun = () => stage.installation.steps("staging", from).includes("arrive");
      await stage.installation.during(["engine:move", "--staging", "--yes"], begun, (pid) =>
        process.kill(-pid, "SIGKILL"),
      );
      expect(await stage.move("--back", "--yes")).toMatchObject({ result: "undone" });
      expect(stage.rows(1)).toBe(5_000);
      stage.onHost(1);
      expect((await stage.deploy()).changes).toEqual(noChanges);
    });

    it("comes back by itself from a swarm that cannot run it", async () => {
      edit(
        stage.installation,
        "compose/docker-compose.yml",
        "    stop_signal: SIGTERM",
        "    mem_reservation: 900g\n    stop_signal: SIGTERM",
      );
      await stage.deploy();
      stage.onSwarm();
      const { exitCode, stderr } = await stage.installation.run("engine:move", "--staging", "--yes");
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringMatching(/staging does not come up on the swarm of .*It runs on ssh:\S+ again/),
      });
      expect(stage.rows(1)).toBe(5_000);
      await expect(stage.answer(1)).resolves.toMatch(/^here /);
      stage.onHost(1);
      await stage.installation.json("destroy:staging", "--volumes", "--yes");
      edit(stage.installation, "compose/docker-compose.yml", "    mem_reservation: 900g\n", "");
    });
  });

  describe("from a host that is none of the swarm's machines", () => {
    beforeAll(async () => {
      await stage.begin(3);
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
      expect(await stage.move("--dry-run")).toMatchObject({ data: "copied" });
      const from = stage.installation.steps("staging").length;
      const begun = () => stage.installation.steps("staging", from).includes("data");
      await stage.installation.during(["engine:move", "--staging", "--yes"], begun, (pid) =>
        process.kill(-pid, "SIGKILL"),
      );
      await stage.move("--yes");
      expect(stage.rows(homeOf())).toBe(5_000);
      expect((await stage.deploy()).changes).toEqual(noChanges);
    });

    it("goes back with what was written meanwhile, over what was left there", async () => {
      stage.sql(homeOf(), "INSERT INTO kept VALUES (5001)");
      await stage.move("--back", "--yes");
      expect(stage.rows(3)).toBe(5_001);
      stage.onHost(3);
      expect((await stage.deploy()).changes).toEqual(noChanges);
    });

    it("removes what the other place still has, and then knows no way back", async () => {
      const home = homeOf("volume");
      expect((await stage.move("--finish", "--yes")).steps).toHaveLength(1);
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
