import { randomSchemasSuite } from "./support/random-schemas-suite.ts";

randomSchemasSuite({ runs: 300, seed: 100 });
