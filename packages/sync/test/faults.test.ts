import { diskFullSuite } from "./support/disk-full-suite.ts";
import { refusalSuite } from "./support/refusal-suite.ts";

refusalSuite();
diskFullSuite();
