import { killSuite } from "./support/kill-import.ts";

// Every step: kill.long.test.ts.
killSuite(23_400, { import: ["proven"], undo: ["take kept"] });
