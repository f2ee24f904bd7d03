import { randomSchemasSuite } from "./support/random-schemas-suite.ts";

// 300 of them: random-schemas.long.test.ts.
randomSchemasSuite({ runs: 15, seed: 1 });
