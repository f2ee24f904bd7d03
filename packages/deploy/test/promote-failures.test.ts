import { it } from "vitest";
import { failureSuite } from "./support/failure-suite.ts";
import { killAndRecover } from "./support/promotion-kills.ts";
import { answers } from "./support/promotion-stage.ts";

// The other failures: promote-failures.long.test.ts; every step of a kill: promote.long.test.ts.
failureSuite(["does not start"], {
  more: (stage) => {
    it("and is killed on its way is taken back by recover", async () => {
      await killAndRecover(stage(), { verb: ["promote", "--yes"], step: "apply", serves: answers.first });
      const [point] = await stage().installation.json<{ tag: string }[]>("rollback", "--list");
      const verb = ["rollback", "--tag", point?.tag ?? "", "--with-data", "--yes"] as const;
      await killAndRecover(stage(), { verb, step: "swap", serves: answers.first });
    });
  },
});
