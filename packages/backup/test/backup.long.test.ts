import { faultSuite, fullDiskSuite } from "./support/fault-suite.ts";
import { killSuite } from "./support/kill-suite.ts";

killSuite(21_000, "every");
faultSuite(22_000);
fullDiskSuite(23_000);
