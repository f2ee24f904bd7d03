import { defineConfig } from "vitest/config";

const shared = {
  // A machine that is busy is slower than a second.
  expect: { poll: { timeout: 20_000 } },
  // What a list held is the news of a failure, not how long it was.
  chaiConfig: { truncateThreshold: 0 },
};

const integration = { ...shared, testTimeout: 600_000, hookTimeout: 600_000 };
const integrationTests = ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"];
const longTests = ["packages/*/test/**/*.long.test.ts", "test/**/*.long.test.ts"];

/** What takes every core for minutes, removes images of the whole engine, or kills and measures by the clock: nothing may run beside it. */
const alone = [
  "test/staging.test.ts",
  "packages/sync/test/production.test.ts",
  "packages/sync/test/resume.test.ts",
  "packages/health/test/cleanup.test.ts",
  "packages/health/test/monitor.test.ts",
  "packages/deploy/test/kill.test.ts",
];

// Three suites: `unit` needs nothing but Node; `integration` needs the Docker engine and the built images, and has two
// parts; `long` holds what is run by hand: fault campaigns, and what has a sample in the others.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: "unit",
          testTimeout: 60_000,
          include: [
            "packages/*/src/**/*.test.ts",
            "stacks/**/*.test.ts",
            "scripts/**/*.test.ts",
            "packages/console/web/src/**/*.test.ts",
          ],
        },
      },
      {
        test: {
          ...integration,
          name: "integration-alone",
          include: alone,
          fileParallelism: false,
          // First: its first deploy builds the images that are missing.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...integration,
          name: "integration",
          include: integrationTests,
          exclude: [...longTests, ...alone],
          globalSetup: "./test/build-page.ts",
          // They wait more than they compute: on containers, on time-outs.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...shared,
          name: "long",
          include: longTests,
          fileParallelism: false,
          testTimeout: 7_200_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
