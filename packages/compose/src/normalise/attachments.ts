import { isAbsolute, resolve } from "node:path";
import { secretTarget } from "../merge.ts";
import type { Dependency, FileMount, Mount, NetworkAttachment, Port } from "../model.ts";
import { entriesOf, itemsOf } from "../tree/tree.ts";
import { Fields } from "./fields.ts";

/** What ties a service to others: ports, mounts, files, networks, dependencies. All input is in canonical form. */
export function readPorts(service: Fields, subject: string): Port[] {
  return itemsOf(service.get("ports")).map((item) => {
    const port = new Fields(item, subject, "ports.");
    const target = port.integer("target") ?? port.refuse("target", "is missing");
    const published = port.integer("published");
    for (const [key, number] of [
      ["target", target],
      ["published", published],
    ] as const) {
      if (number !== undefined && (number < 1 || number > 65_535)) port.refuse(key, `is ${number}, which is no port`);
    }
    const protocol = port.text("protocol") ?? "tcp";
    if (!/^(tcp|udp|sctp)$/.test(protocol)) port.refuse("protocol", `is '${protocol}', which is not tcp, udp or sctp`);
    const hostIp = port.text("host_ip")?.replace(/^\[(.*)\]$/, "$1") || undefined;
    return { target, published, hostIp, protocol: protocol as Port["protocol"] };
  });
}

/** @param directory what relative paths are relative to */
export function readMounts(service: Fields, subject: string, directory: string): Mount[] {
  return itemsOf(service.get("volumes")).map((item): Mount => {
    const mount = new Fields(item, subject, "volumes.");
    const type = mount.text("type");
    const target = mount.text("target") ?? mount.refuse("target", "is missing");
    if (!isAbsolute(target)) mount.refuse("target", `is '${target}', which is not an absolute path`);
    const readOnly = mount.flag("read_only") ?? false;
    if (type === "tmpfs") return { type, source: undefined, target, readOnly };
    const source = mount.text("source") ?? mount.refuse("source", "is missing, so its data could not be kept");
    if (type === "volume") return { type, source, target, readOnly };
    if (type !== "bind") return mount.refuse("type", `is '${type}', which is not volume, bind or tmpfs`);
    if (source.startsWith("~")) mount.refuse("source", `is '${source}'; write the whole path`);
    return { type, source: resolve(directory, source), target, readOnly };
  });
}

export function readFileMounts(service: Fields, subject: string, kind: "configs" | "secrets"): FileMount[] {
  return itemsOf(service.get(kind)).map((item) => {
    const file = new Fields(item, subject, `${kind}.`);
    const source = file.text("source") ?? file.refuse("source", "is missing");
    const given = file.text("target");
    const target = kind === "secrets" ? secretTarget(given ?? source) : (given ?? `/${source}`);
    if (!isAbsolute(target)) file.refuse("target", `is '${target}', which is not an absolute path`);
    return { source, target, mode: file.mode("mode"), uid: file.text("uid"), gid: file.text("gid") };
  });
}

export function readNetworks(service: Fields, subject: string): Record<string, NetworkAttachment> {
  const entries = entriesOf(service.get("networks"));
  if (entries.length === 0) return { default: { aliases: [], ipv4Address: undefined } };
  return Object.fromEntries(
    entries.map(([name, { value }]) => {
      const network = new Fields(value, subject, `networks.${name}.`);
      return [name, { aliases: network.list("aliases"), ipv4Address: network.text("ipv4_address") }];
    }),
  );
}

export function readDependencies(service: Fields, subject: string): Record<string, Dependency> {
  return Object.fromEntries(
    entriesOf(service.get("depends_on")).map(([name, { value }]) => {
      const dependency = new Fields(value, subject, `depends_on.${name}.`);
      const condition = (dependency.text("condition") ?? "service_started") as Dependency["condition"];
      const required = dependency.flag("required") ?? true;
      return [name, { condition, required, restart: dependency.flag("restart") ?? false }];
    }),
  );
}
