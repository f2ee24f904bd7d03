import { expect, it } from "vitest";
import { allowList } from "./allow-list.ts";

it("lets in addresses and networks of both families, and nobody else", () => {
  const allowed = allowList(["192.168.0.0/24", "10.1.2.3", "::1", "fc00::/7"]);
  for (const address of ["192.168.0.114", "::ffff:192.168.0.112", "10.1.2.3", "::1", "fd00::5"]) {
    expect(allowed(address), address).toBe(true);
  }
  for (const address of ["192.168.1.1", "10.1.2.4", "::2", "2001:db8::1", "", "nonsense"]) {
    expect(allowed(address), address).toBe(false);
  }
  expect(allowList([])("127.0.0.1")).toBe(false);
});
