// Gives executions whose worker was lost back to n8n's queue, with the very look for stalled jobs that Bull, n8n's queue, has: n8n allows
// it no second try, fails what is found, and overwrites what the execution was given. It runs beside n8n's processes, of n8n's own image.

const { writeFileSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");
const Bull = require("bull");
const { moveUnlockedJobsToWait } = require("bull/lib/scripts");

const { QUEUE_BULL_REDIS_HOST: host, QUEUE_BULL_REDIS_PASSWORD: password, LOST_EXECUTION_RETRIES = "1" } = process.env;

/** ms between two looks. A job is lost when its lock has run out and nobody renewed it since the look before. */
const pace = 15_000;

const say = (words) => console.log(`${new Date().toISOString()} ${words}`);

const settings = { stalledInterval: pace, maxStalledCount: Number(LOST_EXECUTION_RETRIES) };
const queue = new Bull("jobs", { redis: { host, password }, settings });
// Told by the look that fails.
queue.on("error", () => {});

async function look() {
  const active = new Map((await queue.getActive()).map((job) => [job.id, job.data.executionId]));
  const [failed, again] = await moveUnlockedJobsToWait(queue);
  for (const id of again) {
    say(`execution ${active.get(id)} (job ${id}): its worker was lost; it is in the queue again, and begins anew`);
  }
  for (const id of failed) {
    say(
      `execution ${active.get(id)} (job ${id}): its worker was lost, and it is not begun again; n8n lists it as failed`,
    );
  }
}

async function keep() {
  await queue.isReady();
  say(
    `looking every ${pace / 1_000} s for executions whose worker was lost; each begins anew ${LOST_EXECUTION_RETRIES} times at most`,
  );
  for (;;) {
    try {
      await look();
      writeFileSync("/tmp/looked", "");
    } catch (error) {
      say(`error: ${error.message}`);
    }
    await sleep(pace);
  }
}

for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => process.exit(0));
keep();
