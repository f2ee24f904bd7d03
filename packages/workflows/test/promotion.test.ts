import { workflowPromotionSuite } from "./support/promotion-suite.ts";

// The rest: promotion.long.test.ts.
workflowPromotionSuite({ whole: false });
