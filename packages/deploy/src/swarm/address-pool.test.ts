import { expect, it } from "vitest";
import { addressPool } from "./address-pool.ts";

it("leaves the engine its default unless a machine lives in it", () => {
  expect(addressPool(["192.0.2.1", "172.17.0.1", "2001:db8::1"])).toBeUndefined();
  expect(addressPool(["10.0.0.1", "192.0.2.1"])).toBe("10.254.0.0/16");
  expect(addressPool(["10.254.3.1", "10.253.0.1"])).toBe("10.252.0.0/16");
});
