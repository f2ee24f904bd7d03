import { productionSuite } from "./support/production-suite.ts";

// 200,000 customers and 10,000 planted values: production.long.test.ts.
productionSuite({ customers: 2_000, each: 10 });
