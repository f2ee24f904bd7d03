// Gives executions whose worker was lost back to n8n's queue, with the very look for stalled jobs that Bull, n8n's queue, has: n8n allows
// it no second try, fails what is found, and overwrites what the execution was given. It runs beside n8n's processes, of n8n's own image.

const { writeFileSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");
const Bull = require("bull");

const { QUEUE_BULL_REDIS_HOST: host, QUEUE_BULL_REDIS_PASSWORD: password, LOST_EXECUTION_RETRIES = "1" } = process.env;

/** ms between two looks. A job is lost when its lock has run out and nobody renewed it since the look before. */
const pace = 15_000;

const say = (words) => console.log(`${new Date().toISOString()} ${words}`);

const queue = new Bull("jobs", {
  redis: { host, password },
  settings: { stalledInterval: pace, maxStalledCount: Number(LOST_EXECUTION_RETRIES) },
});
let answered = true;

queue.on("stalled", ({ id, data }) => {
  say(`execution ${data.executionId} (job ${id}): its worker was lost; it is in the queue again, and begins anew`);
});
queue.on("failed", (job) => {
  say(`execution ${job?.data.executionId ?? "unknown"}: its workers were lost; it failed, as n8n's list of executions says`);
});
queue.on("error", (error) => {
  answered = false;
  say(`error: ${error.message}`);
});

async function keep() {
  await queue.isReady();
  say(`looking every ${pace / 1_000} s for executions whose worker was lost; each begins anew ${LOST_EXECUTION_RETRIES} times at most`);
  for (;;) {
    answered = true;
    await queue.moveUnlockedJobsToWait();
    if (answered) writeFileSync("/tmp/looked", "");
    await sleep(pace);
  }
}

for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => process.exit(0));
keep();
