import { expect, it } from "vitest";
import { Limiter } from "./limiter.ts";

it("lets an address fail so often a minute, whatever others do", () => {
  let now = 0;
  const limiter = new Limiter(3, () => now);
  for (let failures = 0; failures < 3; failures++) {
    limiter.check("1.2.3.4");
    limiter.failed("1.2.3.4");
  }
  expect(() => limiter.check("1.2.3.4")).toThrow("Too many attempts");
  limiter.check("5.6.7.8");
  now += 20_000;
  limiter.check("1.2.3.4");
});
