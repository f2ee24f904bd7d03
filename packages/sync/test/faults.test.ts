import { diskFullSuite } from "./support/disk-full-suite.ts";
import { faultSuite } from "./support/fault-suite.ts";
import { refusalSuite } from "./support/refusal-suite.ts";

refusalSuite();
faultSuite();
diskFullSuite();
