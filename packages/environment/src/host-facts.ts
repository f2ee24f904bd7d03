import { existsSync, readdirSync, readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import type { HostFacts } from "./profile.ts";

/** DMI chassis types (SMBIOS 3.x, table 17) by what they mean here. */
const chassisNames: Readonly<Record<string, string>> = {
  "3": "desktop",
  "4": "desktop",
  "7": "desktop",
  "8": "laptop",
  "9": "laptop",
  "10": "laptop",
  "14": "laptop",
  "17": "server",
  "23": "server",
  "31": "laptop",
  "32": "laptop",
};

/** Look at this machine through /proc and /sys below `root`. */
export function readHostFacts(root = "/", env: NodeJS.ProcessEnv = process.env): HostFacts {
  const product = read(root, "sys/class/dmi/id/product_name") ?? "";
  return {
    battery: list(root, "sys/class/power_supply").some(
      (supply) => read(root, `sys/class/power_supply/${supply}/type`) === "Battery",
    ),
    graphicalSession: Boolean(env.DISPLAY ?? env.WAYLAND_DISPLAY),
    chassis: chassisNames[read(root, "sys/class/dmi/id/chassis_type") ?? ""],
    virtual:
      /^flags.*\bhypervisor\b/m.test(read(root, "proc/cpuinfo") ?? "") || /virtual|kvm|vmware|qemu/i.test(product),
    memory: memoryTotal(root),
    remote: false,
  };
}

function memoryTotal(root: string): number {
  const kibibytes = /^MemTotal:\s+(\d+) kB/m.exec(read(root, "proc/meminfo") ?? "")?.[1];
  return kibibytes ? Number(kibibytes) * 1_024 : totalmem();
}

function read(root: string, file: string): string | undefined {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

function list(root: string, folder: string): string[] {
  const path = join(root, folder);
  return existsSync(path) ? readdirSync(path) : [];
}
