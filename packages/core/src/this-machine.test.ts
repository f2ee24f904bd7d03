import { expect, it } from "vitest";
import { isThisMachine } from "./this-machine.ts";

it("tells this machine from others, also from those that only look like it", () => {
  for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]", "::ffff:127.0.0.1"])
    expect(isThisMachine(host), host).toBe(true);
  for (const host of ["", "0.0.0.0", "127.0.0.1.example.org", "localhost.example.org", "192.168.0.1", "::2"])
    expect(isThisMachine(host), host).toBe(false);
});
