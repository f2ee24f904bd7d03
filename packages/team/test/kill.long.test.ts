import { killSuite } from "./support/kill-import.ts";

killSuite(23_800, "every");
