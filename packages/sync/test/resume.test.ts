import { resumeSuite } from "./support/resume-suite.ts";

// One at any moment, one in the swap. Thirty: resume.long.test.ts.
resumeSuite({ kills: 2, seed: 1, customers: 3_000 });
