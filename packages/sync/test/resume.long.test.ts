import { resumeSuite } from "./support/resume-suite.ts";

resumeSuite({ kills: 30, seed: 100, customers: 3_000 });
