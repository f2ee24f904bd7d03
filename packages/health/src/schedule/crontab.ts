import { existsSync, readFileSync } from "node:fs";
import { cronBlock, isAlive, readBlocks, sameOrigin, standing, withBlock, withoutBlock } from "@understudy/core";
import type { Scheduler } from "./scheduler.ts";
import { CommandFailed, runCommand, type Step } from "./step.ts";

/** The crontab of the user who runs this. */
export const cron: Scheduler = {
  name: "cron",
  look: async (jobs) => {
    const crontab = await readCrontab();
    const blocks = readBlocks(crontab);
    const found = jobs.map((job) => {
      const text = blocks.find(({ stamp }) => sameOrigin(stamp, job))?.text;
      const state = standing(text, cronBlock(job));
      return { job: job.job, standing: state, on: state !== "absent" };
    });
    const change = (to: Buffer, text: string) => (to.equals(crontab) ? [] : [replace(to, text)]);
    return {
      jobs: found,
      install: () =>
        change(
          jobs.reduce((text, job) => withBlock(text, job, cronBlock(job)), crontab),
          jobs.map(cronBlock).join(""),
        ),
      remove: () =>
        change(
          jobs.reduce((text, job) => withoutBlock(text, job), crontab),
          "",
        ),
    };
  },
  notes: () => (daemonRuns() ? [] : ["No cron daemon seems to run on this machine: the jobs begin when one does."]),
};

function replace(input: Buffer, text: string): Step {
  return { run: ["crontab", "-"], input, text };
}

async function readCrontab(): Promise<Buffer> {
  try {
    return await runCommand(["crontab", "-l"]);
  } catch (error) {
    if (error instanceof CommandFailed && /no crontab for|can't open/.test(error.message)) return Buffer.alloc(0);
    throw error;
  }
}

/** By the file that Debian's cron and cronie keep; other daemons are not seen. */
function daemonRuns(): boolean {
  const file = "/run/crond.pid";
  return existsSync(file) && isAlive(Number(readFileSync(file, "utf8")));
}
