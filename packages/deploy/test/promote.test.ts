import { describe } from "vitest";
import { PromotionStage } from "./support/promotion-stage.ts";
import { promotionSuite } from "./support/promotion-suite.ts";

describe("a release that staging proved", () => promotionSuite(() => PromotionStage.open()));
