import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cronBlock, cronLine } from "./cron.ts";
import { readBlocks, withBlock, withoutBlock } from "./crontab.ts";
import type { ScheduledJob } from "./job.ts";
import { standing } from "./stamp.ts";
import { readCronCommand } from "./testing.ts";

const job: ScheduledJob = {
  installation: "/srv/understudy",
  environment: "staging",
  job: "weekly",
  unit: "understudy-acme-staging-weekly",
  description: "weekly",
  command: ["/srv/understudy/understudy", "cleanup"],
  variables: { UNDERSTUDY_ROOT: "/srv/understudy" },
  when: { weekday: 0, hour: 4, minute: 30 },
  unlessRunning: [],
  memory: 0,
};

describe("cronLine", () => {
  it("has the time first", () => {
    expect(cronLine(job)).toBe("30 4 * * 0 UNDERSTUDY_ROOT=/srv/understudy /srv/understudy/understudy cleanup");
    expect(cronLine({ ...job, when: { hour: 2, minute: 0 } })).toMatch(/^0 2 \* \* \* /);
    expect(cronLine({ ...job, when: { day: 1, hour: 2, minute: 0 } })).toMatch(/^0 2 1 \* \* /);
  });

  it("starts a job without end every minute, unless it runs", () => {
    const line = cronLine({ ...job, when: "always", unlessRunning: ["--if-absent"] });
    expect(line).toMatch(/^\* \* \* \* \* .*understudy cleanup --if-absent$/);
  });

  it("reaches the program through cron and a real shell as it was", () => {
    const nasty = fc.string({ unit: fc.constantFrom(..."ab %$\"'`{};#=&|<>*?~!é".split("")) });
    const print = 'printf "[%s]" "$V" "$@"';
    fc.assert(
      fc.property(fc.array(nasty, { minLength: 1 }), nasty, (args, value) => {
        const line = cronLine({ ...job, command: ["sh", "-c", print, "sh", ...args], variables: { V: value } });
        const said = execFileSync("sh", ["-c", readCronCommand(line)], { encoding: "utf8" });
        expect(said).toBe([value, ...args].map((word) => `[${word}]`).join(""));
      }),
      { numRuns: 100 },
    );
  });

  it("refuses what one cron reads otherwise than another", () => {
    expect(() => cronLine({ ...job, command: ["/srv/a\\b"] })).toThrow(/backslash/);
    expect(() => cronLine({ ...job, command: ["/srv/a\nb"] })).toThrow(/line break/);
  });
});

describe("a crontab", () => {
  const other = { ...job, installation: "/srv/é other" };
  const line = fc.uint8Array().map((bytes) => Buffer.from(bytes.map((byte) => (byte === 10 ? 32 : byte))));
  const crontab = fc.array(line).map((lines) => Buffer.concat(lines.flatMap((one) => [one, Buffer.from("\n")])));

  it("keeps every other byte when a block comes, changes and goes", () => {
    fc.assert(
      fc.property(crontab, crontab, (before, after) => {
        const withOther = Buffer.concat([withBlock(before, other, cronBlock(other)), after]);
        const installed = withBlock(withOther, job, cronBlock(job));
        expect(readBlocks(installed).map(({ stamp }) => stamp.installation)).toEqual([
          other.installation,
          job.installation,
        ]);
        expect(withBlock(installed, job, cronBlock(job))).toEqual(installed);
        const later = { ...job, when: { hour: 1, minute: 1 } };
        const changed = withBlock(installed, later, cronBlock(later));
        expect(changed).not.toEqual(installed);
        expect(withoutBlock(changed, job)).toEqual(withOther);
        expect(withoutBlock(withoutBlock(changed, job), other)).toEqual(Buffer.concat([before, after]));
      }),
    );
  });

  it("tells a block that we once wrote from one that was edited", () => {
    const found = (text: Buffer) => readBlocks(text)[0]?.text;
    const installed = withBlock(Buffer.alloc(0), job, cronBlock(job));
    const wanted = cronBlock({ ...job, when: { hour: 1, minute: 1 } });
    expect(standing(found(Buffer.alloc(0)), wanted)).toBe("absent");
    expect(standing(found(installed), cronBlock(job))).toBe("current");
    expect(standing(found(installed), wanted)).toBe("outdated");
    const edited = Buffer.from(installed.toString().replace("30 4", "45 4"));
    expect(standing(found(edited), cronBlock(job))).toBe("edited");
    expect(standing(found(installed), cronBlock(other))).toBe("foreign");
  });

  it("whose block has lost its end is not touched", () => {
    const broken = Buffer.from(cronBlock(job).replace("# understudy end\n", "* * * * * theirs\n"));
    expect(() => withBlock(broken, job, cronBlock(job))).toThrow(/without its last line/);
    expect(() => withBlock(Buffer.concat([broken, Buffer.from(cronBlock(other))]), job, "")).toThrow(/without/);
  });
});
