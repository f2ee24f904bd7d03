import type { Service } from "../model.ts";
import { problem } from "../tree/problem.ts";
import type { Tree } from "../tree/tree.ts";
import { readDependencies, readFileMounts, readMounts, readNetworks, readPorts } from "./attachments.ts";
import { readCommand, readHealthcheck, readRestart } from "./commands.ts";
import { Fields } from "./fields.ts";
import { readReplicas, readResources, readUlimits } from "./resources.ts";

/** One service of the merged tree as the model has it. @param directory what relative paths are relative to */
export function readService(name: string, tree: Tree, directory: string): Service {
  const subject = `service ${name}`;
  const fields = new Fields(tree, subject);
  const image = fields.text("image");
  if (!image) throw problem(tree.at, subject, "'image' is missing", "Name the image with its version");
  const logging = fields.inside("logging");
  return {
    name,
    image,
    command: readCommand(fields, "command"),
    entrypoint: readCommand(fields, "entrypoint"),
    environment: fields.map("environment"),
    ports: readPorts(fields, subject),
    volumes: readMounts(fields, subject, directory),
    configs: readFileMounts(fields, subject, "configs"),
    secrets: readFileMounts(fields, subject, "secrets"),
    networks: readNetworks(fields, subject),
    dependsOn: readDependencies(fields, subject),
    healthcheck: readHealthcheck(fields),
    restart: readRestart(fields),
    stopGracePeriod: fields.duration("stop_grace_period"),
    stopSignal: fields.text("stop_signal"),
    user: fields.text("user"),
    workingDir: fields.text("working_dir"),
    hostname: fields.text("hostname"),
    init: fields.flag("init"),
    readOnly: fields.flag("read_only") ?? false,
    stdinOpen: fields.flag("stdin_open") ?? false,
    tty: fields.flag("tty") ?? false,
    tmpfs: fields.list("tmpfs"),
    capAdd: fields.list("cap_add"),
    capDrop: fields.list("cap_drop"),
    securityOpt: fields.list("security_opt"),
    shmSize: fields.bytes("shm_size"),
    ulimits: readUlimits(fields, subject),
    sysctls: fields.map("sysctls"),
    extraHosts: fields.list("extra_hosts").map((host) => host.replace("=", ":")),
    labels: fields.map("labels"),
    logging: fields.get("logging") ? { driver: logging.text("driver"), options: logging.map("options") } : undefined,
    resources: readResources(fields),
    replicas: readReplicas(fields),
    profiles: fields.list("profiles"),
  };
}
