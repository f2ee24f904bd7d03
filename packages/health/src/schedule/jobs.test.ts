import { findInstallation, parseSettings, resolveEnvironment } from "@understudy/core";
import { describe, expect, it } from "vitest";
import { offeredJobs, parseJobNames, usualJobs } from "./jobs.ts";

const settings = parseSettings('project: acme\nteamSync: { exportAt: "09:05" }', "understudy.yml");
const target = {
  installation: findInstallation({ UNDERSTUDY_ROOT: "/srv/understudy" }),
  settings,
  environment: resolveEnvironment(settings, "production"),
};

describe("offeredJobs", () => {
  const jobs = offeredJobs(target, { HOME: "/home/ann" }, new Set(["health:monitor", "health:check", "cleanup"]));

  it("have names that tell projects and environments on one machine apart", () => {
    expect(jobs.map(({ unit }) => unit)).toEqual([
      "understudy-acme-production-monitor",
      "understudy-acme-production-weekly",
      "understudy-acme-production-backup",
      "understudy-acme-production-drill",
    ]);
  });

  it("say which verbs this version lacks", () => {
    expect(jobs.map(({ missing }) => missing)).toEqual([[], [], ["backup"], ["rollback:drill"]]);
  });

  it("prove what they back up, and wait for whoever is at work", () => {
    const { backup, drill } = Object.fromEntries(jobs.map(({ job, command }) => [job, command.slice(1).join(" ")]));
    expect(backup).toBe("backup --environment production --verify --wait");
    expect(drill).toBe("rollback:drill --environment production --wait");
  });

  it("share a staging with the team at the time that is set, and production never", () => {
    const staging = { ...target, environment: resolveEnvironment(settings, "staging") };
    const [team] = offeredJobs(staging, {}, new Set(["team:export"])).filter(({ job }) => job === "team");
    expect(team?.command.slice(1).join(" ")).toBe("team:export --environment staging --wait --tell");
    expect([team?.when, team?.missing]).toEqual([{ hour: 9, minute: 5 }, []]);
    expect(jobs.some(({ job }) => job === "team")).toBe(false);
  });

  it.each([
    ["", "environments: { staging: { kind: staging, sanitize: false } }", "team:export --wait --tell --encrypt"],
    ["in a place", "teamSync: { place: /srv/team }", "team:push --wait"],
  ])("share %s so that nobody else can read what may be unmasked", (_, text, expected) => {
    const own = parseSettings(text, "understudy.yml");
    const staging = { ...target, settings: own, environment: resolveEnvironment(own, "staging") };
    const command = offeredJobs(staging, {})
      .find(({ job }) => job === "team")
      ?.command.slice(1)
      .join(" ");
    expect(command?.replace(" --environment staging", "")).toBe(expected);
  });

  it("find their way without a login", () => {
    for (const { variables } of jobs)
      expect(variables).toEqual({ UNDERSTUDY_ROOT: "/srv/understudy", HOME: "/home/ann" });
  });
});

describe("parseJobNames", () => {
  it("takes some, in any order, and all without any", () => {
    expect(parseJobNames("weekly, monitor", usualJobs)).toEqual(["monitor", "weekly"]);
    expect(parseJobNames(undefined, usualJobs)).toEqual(["monitor", "weekly", "backup", "drill"]);
  });

  it("names the one that is no job, and those that are", () => {
    expect(() => parseJobNames("monitor,nightly", usualJobs)).toThrow('--only has "nightly", which is no job');
    expect(() => parseJobNames("", usualJobs)).toThrow('--only has "", which is no job');
  });
});
