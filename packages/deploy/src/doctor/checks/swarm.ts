import { kernelScript, readKernel } from "../../swarm/kernel.ts";
import type { Context, Finding } from "../finding.ts";

/** What this machine's kernel does for a swarm that it may be a node of. `pnpm swarm:form` tells of the other machines. */
export async function swarm({ probe, swarm: wanted }: Context): Promise<Finding[]> {
  if (!wanted || probe.system().platform !== "linux") return [];
  const kernel = readKernel((await probe.run("sh", ["-c", kernelScript()]))?.stdout ?? "");
  return [
    finding("vxlan", "Networks of a swarm", kernel.vxlan, {
      needs: "vxlan in the kernel, where this machine is a node",
      missing: "Install the kernel's modules (linux-modules-extra on Ubuntu), or leave this machine out of the swarm",
    }),
    finding("ipvs", "Balancing of a swarm", kernel.ipvs, {
      needs: "IPVS in the kernel, or what does without it",
      missing:
        "Nothing: names of services lead to every replica by turns (DNS round robin), ports are published by the node that has the task",
    }),
  ];
}

function finding(
  name: string,
  title: string,
  there: boolean | undefined,
  { needs, missing }: { needs: string; missing: string },
): Finding {
  return {
    name,
    title,
    status: there ? "ok" : "warning",
    required: false,
    version: there ? "in the kernel" : there === false ? null : "cannot be told",
    location: null,
    needs,
    mend: there ? null : there === false ? missing : `Look whether it can be loaded: sudo modprobe ${moduleOf[name]}`,
  };
}

const moduleOf: Readonly<Record<string, string>> = { vxlan: "vxlan", ipvs: "ip_vs" };
