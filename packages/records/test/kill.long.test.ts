import { killSuite } from "./support/kill-suite.ts";

killSuite(Array.from({ length: 20 }, (_, number) => 1 + number));
