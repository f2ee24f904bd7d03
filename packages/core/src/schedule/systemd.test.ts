import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ScheduledJob } from "./job.ts";
import { commandLine, unitFiles, unitWord } from "./systemd.ts";
import { readCommandLine } from "./testing.ts";

const job: ScheduledJob = {
  installation: "/srv/understudy",
  environment: "production",
  job: "monitor",
  unit: "understudy-acme-production-monitor",
  description: "Understudy watches production",
  command: ["/srv/understudy/understudy", "health:monitor", "--environment", "production"],
  variables: { UNDERSTUDY_ROOT: "/srv/understudy" },
  when: "always",
  unlessRunning: ["--if-absent"],
  memory: 536_870_912,
};

const nasty = fc.string({ unit: fc.constantFrom(..."ab /%$\"'\\{};#=é".split("")), minLength: 1 });

describe("commandLine", () => {
  it("reads back as it was, whatever is in it", () => {
    fc.assert(
      fc.property(nasty, fc.array(nasty), (folder, args) => {
        const command = [`/${folder.replaceAll(/['"\\]/g, "")}`, ...args];
        expect(readCommandLine(commandLine(command))).toEqual(command);
      }),
    );
  });

  it("refuses a program that systemd would not start", () => {
    for (const character of ["'", '"', "\\"])
      expect(() => commandLine([`/srv/a${character}b`])).toThrow(/quote or a backslash/);
  });

  it("leaves plain words plain", () => {
    expect(commandLine(job.command)).toBe("/srv/understudy/understudy health:monitor --environment production");
  });

  it("refuses a line break, which would begin another setting", () => {
    expect(() => unitWord("/srv/a\nExecStart=/bin/false")).toThrow(/line break/);
  });
});

describe("unitFiles", () => {
  const options = { scope: "system", writable: ["/srv/understudy"] } as const;

  it("make a service that always comes back of a job without end", () => {
    const [service, ...more] = unitFiles(job, options);
    expect(more).toEqual([]);
    expect(service?.name).toBe("understudy-acme-production-monitor.service");
    for (const line of ["Restart=always", "MemoryMax=536870912", "WantedBy=multi-user.target", "ProtectSystem=full"])
      expect(service?.text.split("\n")).toContain(line);
  });

  it("make a timer, to be enabled, and its service of a job with a time", () => {
    const files = unitFiles({ ...job, job: "weekly", when: { weekday: 0, hour: 4, minute: 5 } }, options);
    expect(files.map(({ name }) => name.split(".").at(-1))).toEqual(["timer", "service"]);
    expect(files[0]?.text).toContain("\nOnCalendar=Sun *-*-* 04:05:00\nPersistent=true\nRandomizedDelaySec=");
    expect(files[1]?.text).not.toContain("[Install]");
    const [monthly] = unitFiles({ ...job, job: "drill", when: { day: 1, hour: 4, minute: 30 } }, options);
    expect(monthly?.text).toContain("\nOnCalendar=*-*-01 04:30:00\n");
  });

  it("ask a user's own manager for nothing that it may not do", () => {
    const [service] = unitFiles(job, { scope: "user", writable: ["/srv/understudy"] });
    expect(service?.text).toContain("WantedBy=default.target");
    expect(service?.text).not.toMatch(/Protect|ReadWritePaths|docker\.service/);
  });

  it("run as the user that the installation belongs to", () => {
    expect(unitFiles(job, { ...options, user: 1000 })[0]?.text).toContain("\nUser=1000\n");
  });
});
