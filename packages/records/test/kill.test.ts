import { killSuite } from "./support/kill-suite.ts";

killSuite([4_711]);
