import type { Context, Finding } from "../finding.ts";

const GIB = 2 ** 30;
const names: Record<string, string> = { linux: "Linux", darwin: "macOS" };

/** Operating system, memory and clock. */
export async function system(context: Context): Promise<Finding[]> {
  return [await operatingSystem(context), memory(context), await clock(context)];
}

async function operatingSystem({ probe }: Context): Promise<Finding> {
  const { platform, arch, release } = probe.system();
  const known = names[platform];
  const pretty = /^PRETTY_NAME="?([^"\n]+)/m.exec((await probe.readText("/etc/os-release")) ?? "")?.[1];
  return {
    name: "os",
    title: "Operating system",
    status: known ? "ok" : "failed",
    required: true,
    version: platform === "linux" && pretty ? pretty : `${known ?? platform} ${release}`,
    location: arch,
    needs: "Linux or macOS",
    mend: known ? null : "Use a Linux machine or macOS; on Windows, run it inside WSL 2",
  };
}

/** The laptop profile's limits fit 8 GiB; the five services alone use about 2 GiB. */
function memory({ probe }: Context): Finding {
  const total = probe.memoryBytes() / GIB;
  // A machine sold as "8 GB" reports a little less.
  const status = total >= 7.5 ? "ok" : total >= 3.5 ? "warning" : "failed";
  return {
    name: "memory",
    title: "Memory",
    status,
    required: true,
    version: `${total.toFixed(1)} GiB`,
    location: null,
    needs: "8 GiB, at least 4 GiB",
    mend: status === "ok" ? null : "Close other programs, or deploy to a larger machine (an ssh:// environment)",
  };
}

/** A clock behind the newest commit breaks certificates, backup ids and schedules. */
async function clock({ probe, root }: Context): Promise<Finding> {
  const now = probe.now();
  const commit = Number((await probe.run("git", ["-C", root, "log", "-1", "--format=%ct"]))?.stdout.trim() || 0) * 1000;
  const behind = now < commit - 60_000;
  return {
    name: "clock",
    title: "Clock",
    status: behind ? "failed" : "ok",
    required: true,
    version: new Date(now).toISOString(),
    location: null,
    needs: commit ? `not before the newest commit (${new Date(commit).toISOString()})` : "the right time",
    mend: behind ? "Set the clock: sudo timedatectl set-ntp true" : null,
  };
}
