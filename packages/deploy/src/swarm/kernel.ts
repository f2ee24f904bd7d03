/** What a kernel can do for a swarm. Undefined: it cannot be told without trying. */
export interface KernelFeatures {
  /** Networks that span machines are made of it; without it there is no swarm. */
  readonly vxlan: boolean | undefined;
  /** The engine's own load balancing: published ports on every node (routing mesh), one address for several replicas. */
  readonly ipvs: boolean | undefined;
}

/**
 * A shell script that looks for both, loaded or not, and changes nothing.
 * @param root where the machine's own `/lib` is mounted
 */
export function kernelScript(root = ""): string {
  const modules = `${root}/lib/modules/$(uname -r)/modules`;
  return [
    "ls -d /sys/module/vxlan /sys/module/ip_vs",
    `ls ${modules}.dep`,
    `grep -ohE '/(vxlan|ip_vs)\\.ko' ${modules}.dep ${modules}.builtin`,
    "zcat /proc/config.gz | grep -E 'CONFIG_(VXLAN|IP_VS)[ =]'",
  ]
    .map((line) => `${line} 2>/dev/null`)
    .join("; ");
}

/** What the script printed, read. */
export function readKernel(printed: string): KernelFeatures {
  const lines = printed.split("\n").map((line) => line.trim());
  const has = (module: string, option: string) => {
    if (lines.includes(`/sys/module/${module}`) || lines.includes(`/${module}.ko`)) return true;
    if (lines.includes(`CONFIG_${option}=y`)) return true;
    const listed = lines.some((line) => line.endsWith("modules.dep"));
    return listed || lines.includes(`# CONFIG_${option} is not set`) ? false : undefined;
  };
  return { vxlan: has("vxlan", "VXLAN"), ipvs: has("ip_vs", "IP_VS") };
}
