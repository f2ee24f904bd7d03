import { killSuite } from "./support/kill-suite.ts";

// Every step: backup.long.test.ts.
killSuite(21_000, { backup: ["moment"], restore: ["proving"] });
