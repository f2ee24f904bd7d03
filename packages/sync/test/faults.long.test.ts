import { faultSuite } from "./support/fault-suite.ts";

// What a database alone suffers in the middle of its copy: resume.test.ts.
faultSuite();
