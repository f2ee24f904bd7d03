import { defineConfig } from "vitest/config";

// Three suites: `unit` needs nothing but Node; `integration` needs the Docker engine and the built images;
// `long` holds the fault campaigns that are run by hand.
export default defineConfig({
  test: {
    projects: [
      {
        test: { name: "unit", include: ["packages/*/src/**/*.test.ts", "stacks/**/*.test.ts", "scripts/**/*.test.ts"] },
      },
      {
        test: {
          name: "integration",
          include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
          exclude: ["**/*.long.test.ts"],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: "long",
          include: ["packages/*/test/**/*.long.test.ts", "test/**/*.long.test.ts"],
          fileParallelism: false,
          testTimeout: 7_200_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
