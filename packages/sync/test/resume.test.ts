import { resumeSuite } from "./support/resume-suite.ts";

// All kills: resume.long.test.ts.
resumeSuite({ kills: 5, seed: 1, customers: 3_000 });
