import { chaosSuite } from "./support/chaos-suite.ts";

chaosSuite(12);
