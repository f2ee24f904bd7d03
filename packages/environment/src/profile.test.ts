import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { readHostFacts } from "./host-facts.ts";
import { chooseProfile } from "./profile.ts";

/** A /proc and /sys of another machine. */
function machine(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "machine-"));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

const memory = (gibibytes: number) => ({ "proc/meminfo": `MemTotal:       ${gibibytes * 1_048_576} kB\n` });
const server = { ...memory(64), "sys/class/dmi/id/chassis_type": "23\n", "proc/cpuinfo": "flags\t\t: fpu sse\n" };

describe("the profile of a machine", () => {
  it.each([
    ["a battery", { ...server, "sys/class/power_supply/BAT0/type": "Battery\n" }, {}, "laptop", "battery"],
    ["a laptop's chassis", { ...server, "sys/class/dmi/id/chassis_type": "10\n" }, {}, "laptop", "chassis"],
    ["a graphical session", server, { DISPLAY: ":0" }, "laptop", "graphical"],
    ["little memory", { ...server, ...memory(8) }, {}, "laptop", "8 GiB"],
    ["a rack server", server, {}, "server", "chassis: server"],
    [
      "a virtual server",
      { ...memory(24), "proc/cpuinfo": "flags : fpu hypervisor\n" },
      {},
      "server",
      "virtual machine",
    ],
    ["mains power only", { ...server, "sys/class/power_supply/AC/type": "Mains\n" }, {}, "server", "no battery"],
  ] as const)("%s", (_name, files, env, profile, because) => {
    const choice = chooseProfile(readHostFacts(machine(files), env));
    expect(choice.profile).toBe(profile);
    expect(choice.because).toContain(because);
  });

  it("takes a host behind ssh for a server, whatever this machine is", () => {
    const facts = readHostFacts(machine({ ...server, "sys/class/power_supply/BAT0/type": "Battery" }), {});
    expect(chooseProfile({ ...facts, remote: true }).profile).toBe("server");
  });
});
