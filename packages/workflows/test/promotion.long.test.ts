import { workflowPromotionSuite } from "./support/promotion-suite.ts";

workflowPromotionSuite({ whole: true });
