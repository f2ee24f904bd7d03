import { productionSuite } from "./support/production-suite.ts";

productionSuite({ customers: 200_000, each: 200 });
