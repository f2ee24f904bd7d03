import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { kernelScript, readKernel } from "./kernel.ts";

describe("readKernel", () => {
  it("believes what is loaded, listed or built in", () => {
    expect(readKernel("/sys/module/vxlan\n/sys/module/ip_vs\n")).toEqual({ vxlan: true, ipvs: true });
    expect(readKernel("/lib/modules/6.1.0/modules.dep\n/vxlan.ko\n/ip_vs.ko\n")).toEqual({ vxlan: true, ipvs: true });
    expect(readKernel("CONFIG_VXLAN=y\n# CONFIG_IP_VS is not set\n")).toEqual({ vxlan: true, ipvs: false });
  });

  it("says no where a list of all modules lacks one", () => {
    expect(readKernel("/host/lib/modules/6.1.0/modules.dep\n/vxlan.ko\n")).toEqual({ vxlan: true, ipvs: false });
  });

  it("does not guess: a module that is configured and not listed may be anywhere", () => {
    expect(readKernel("")).toEqual({ vxlan: undefined, ipvs: undefined });
    expect(readKernel("CONFIG_VXLAN=m\nCONFIG_IP_VS=m\n")).toEqual({ vxlan: undefined, ipvs: undefined });
  });
});

describe("kernelScript", () => {
  it.runIf(process.platform === "linux")("prints only what readKernel reads, on a machine of any kind", () => {
    const printed = execFileSync("sh", ["-c", `${kernelScript()}; true`]).toString();
    for (const line of printed.split("\n").filter(Boolean))
      expect(line).toMatch(
        /^\/sys\/module\/(vxlan|ip_vs)$|modules\.dep$|^\/(vxlan|ip_vs)\.ko$|CONFIG_(VXLAN|IP_VS)[ =]/,
      );
  });
});
