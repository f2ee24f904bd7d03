import { type ScheduledJob, unitFiles } from "@understudy/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Step } from "./step.ts";
import { installUnits, removeUnits, standingOf, type UnitState } from "./units.ts";

const job = (name: string, hour: number): ScheduledJob => ({
  installation: "/srv/understudy",
  environment: "staging",
  job: name,
  unit: `understudy-acme-staging-${name}`,
  description: name,
  command: ["/srv/understudy/understudy", name, String(hour)],
  variables: {},
  when: name === "monitor" ? "always" : { hour, minute: 0 },
  unlessRunning: [],
  memory: 1,
});

/** A service manager as far as it matters here: it runs what it has read, and refuses what it does not know. */
class Manager {
  readonly files = new Map<string, string>();
  readonly read = new Map<string, string>();
  readonly enabled = new Set<string>();
  /** What each running unit was started from. */
  readonly running = new Map<string, string>();

  look(jobs: readonly ScheduledJob[]): UnitState[] {
    return jobs.map((one) => {
      const files = unitFiles(one, { scope: "user", writable: [] });
      const main = files[0]?.name ?? "";
      return {
        job: one,
        files: files.map(({ name, text }) => ({ path: `/units/${name}`, text, found: this.files.get(name) })),
        enabled: this.enabled.has(main),
        active: this.running.has(main),
        stale: files.some(({ name }) => this.read.has(name) && this.read.get(name) !== this.files.get(name)),
      };
    });
  }

  do(step: Step): void {
    if ("write" in step) this.files.set(step.write.slice("/units/".length), step.text);
    else if ("remove" in step) this.files.delete(step.remove.slice("/units/".length));
    else this.#run(step.run);
  }

  #run([, verb, , unit = ""]: readonly string[]): void {
    if (verb === "daemon-reload") {
      this.read.clear();
      for (const [name, text] of this.files) this.read.set(name, text);
      return;
    }
    const file = this.files.get(unit);
    if (file === undefined) throw new Error(`${verb}: ${unit} does not exist`);
    if (verb === "enable") {
      if (!this.read.has(unit)) this.read.set(unit, file);
      this.enabled.add(unit);
      if (!this.running.has(unit)) this.running.set(unit, this.read.get(unit) ?? "");
    } else {
      this.enabled.delete(unit);
      this.running.delete(unit);
    }
  }
}

const systemctl = ["systemctl"];
const first = [job("monitor", 1), job("weekly", 1)];
const later = [job("monitor", 2), job("weekly", 2)];

describe("units", () => {
  it("are as they should be after a run that was cut off anywhere and another one; a third has nothing to do", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 4 }), (cuts) => {
        const manager = new Manager();
        for (const step of installUnits(manager.look(first), systemctl)) manager.do(step);
        for (const cut of cuts)
          for (const step of installUnits(manager.look(later), systemctl).slice(0, cut)) manager.do(step);
        for (const step of installUnits(manager.look(later), systemctl)) manager.do(step);
        expect(installUnits(manager.look(later), systemctl)).toEqual([]);
        expect(manager.look(later).map(standingOf)).toEqual(["current", "current"]);
        for (const [unit, text] of manager.running) expect(text).toBe(manager.files.get(unit));
        expect([...manager.running.keys()].sort()).toEqual([
          "understudy-acme-staging-monitor.service",
          "understudy-acme-staging-weekly.timer",
        ]);
        for (const [name, text] of manager.read) expect(text).toBe(manager.files.get(name));
      }),
    );
  });

  it("are gone after a removal that was cut off anywhere and another one", () => {
    fc.assert(
      fc.property(fc.nat(8), (cut) => {
        const manager = new Manager();
        for (const step of installUnits(manager.look(first), systemctl)) manager.do(step);
        for (const step of removeUnits(manager.look(first), systemctl).slice(0, cut)) manager.do(step);
        for (const step of removeUnits(manager.look(first), systemctl)) manager.do(step);
        expect([manager.files.size, manager.enabled.size, manager.running.size]).toEqual([0, 0, 0]);
        expect(removeUnits(manager.look(first), systemctl)).toEqual([]);
      }),
    );
  });

  it("that were edited, or are another installation's, are told apart", () => {
    const manager = new Manager();
    for (const step of installUnits(manager.look(first), systemctl)) manager.do(step);
    expect(manager.look(later).map(standingOf)).toEqual(["outdated", "outdated"]);
    const [name = "", text = ""] = [...manager.files].find(([file]) => file.endsWith("weekly.service")) ?? [];
    manager.files.set(name, text.replace("Nice=5", "Nice=19"));
    expect(manager.look(first).map(standingOf)).toEqual(["current", "edited"]);
    expect(manager.look(first.map((one) => ({ ...one, installation: "/srv/other" }))).map(standingOf)).toEqual([
      "foreign",
      "foreign",
    ]);
  });
});
