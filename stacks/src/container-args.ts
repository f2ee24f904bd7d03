import type { ContainerArgs } from "@pulumi/docker";
import type { ComposeModel, Healthcheck, Mount, Service } from "@understudy/compose";
import { UserError } from "@understudy/core";
import { containerName, volumeName } from "./names.ts";
import { compact, orUndefined } from "./values.ts";

/** Everything of a container but its image, labels and networks, which the program adds. Plain values: no outputs. */
export type ServiceArgs = Omit<ContainerArgs, "image" | "labels" | "networksAdvanced">;

/** What an image starts where nothing else is said. */
export interface ImageStart {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

/** An image's own health check; ms. */
export interface ImageHealthcheck {
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly retries: number;
}

/**
 * A compose service as the arguments of a container resource.
 * What the provider would fill in by itself is said explicitly, so that a second run finds no difference: `memorySwap`
 * beside `memory`, the log driver, a restart policy.
 * @throws UserError for what the compose model can say and a single container cannot do.
 */
export function serviceArgs(
  stackName: string,
  model: ComposeModel,
  service: Service,
  image: ImageHealthcheck | undefined,
): ServiceArgs {
  refuseUnsupported(service);
  const { resources } = service;
  const memory = megabytes(resources.memoryLimit);
  return compact({
    name: containerName(stackName, service.name),
    hostname: service.hostname,
    command: service.command,
    entrypoints: service.entrypoint,
    envs: Object.entries(service.environment)
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
    ports: service.ports.map(({ target, published, hostIp, protocol }) =>
      compact({ internal: target, external: published, ip: hostIp, protocol }),
    ),
    volumes: service.volumes
      .filter((mount) => mount.type !== "tmpfs")
      .map((mount) => volumeMount(stackName, model, mount)),
    tmpfs: tmpfsMounts(service),
    uploads: uploads(model, service),
    healthcheck: service.healthcheck && healthcheck(service.healthcheck, image),
    restart: service.restart.name,
    maxRetryCount: service.restart.maximumRetryCount,
    mustRun: true,
    rm: false,
    destroyGraceSeconds: seconds(service.stopGracePeriod),
    stopTimeout: seconds(service.stopGracePeriod),
    stopSignal: service.stopSignal,
    user: service.user,
    workingDir: service.workingDir,
    init: service.init,
    readOnly: service.readOnly || undefined,
    stdinOpen: service.stdinOpen || undefined,
    tty: service.tty || undefined,
    capabilities:
      service.capAdd.length + service.capDrop.length
        ? compact({ adds: orUndefined(service.capAdd), drops: orUndefined(service.capDrop) })
        : undefined,
    securityOpts: orUndefined(service.securityOpt),
    shmSize: megabytes(service.shmSize),
    ulimits: orUndefined(Object.entries(service.ulimits).map(([name, { soft, hard }]) => ({ name, soft, hard }))),
    sysctls: Object.keys(service.sysctls).length ? service.sysctls : undefined,
    hosts: orUndefined(service.extraHosts.map(hostEntry)),
    logDriver: service.logging?.driver ?? "json-file",
    logOpts: service.logging?.options,
    memory,
    memorySwap: memory,
    memoryReservation: megabytes(resources.memoryReservation),
    cpus: resources.cpus === undefined ? undefined : cpuText(service.name, resources.cpus),
  });
}

function refuseUnsupported(service: Service): void {
  refuseEverywhere(service);
  refuseReplicas(service);
  refuseSwarmKeys(service);
}

/** What a compose file can say and neither a container nor a swarm's service does through the provider. @throws UserError */
export function refuseEverywhere(service: Service): void {
  const refuse = (key: string, why: string): never => {
    throw new UserError(`service ${service.name}: ${key} ${why}`, { next: "Remove it from the compose files" });
  };
  if (service.resources.pidsLimit !== undefined) refuse("pids_limit", "cannot be set through the Docker provider");
  for (const [name, { condition }] of Object.entries(service.dependsOn)) {
    if (condition === "service_completed_successfully")
      refuse(`depends_on.${name}`, "waits for a job to end, and jobs are not deployed");
  }
}

function refuseReplicas({ name, replicas = 1 }: Service): void {
  if (replicas !== 1) refuseOnOneHost(name, `replicas: ${replicas}`);
}

function refuseSwarmKeys({ name, deploy }: Service): void {
  if (deploy?.mode === "global") refuseOnOneHost(name, "mode: global");
  const keys = {
    endpointMode: "endpoint_mode",
    placement: "placement",
    updateConfig: "update_config",
    rollbackConfig: "rollback_config",
    restartPolicy: "restart_policy",
  } as const;
  for (const [key, written] of Object.entries(keys)) {
    if (deploy?.[key as keyof typeof keys] !== undefined) refuseOnOneHost(name, written);
  }
}

function refuseOnOneHost(service: string, key: string): never {
  throw new UserError(`service ${service}: deploy.${key} is for \`engine: swarm\``, {
    next: "Put it into a compose file of that environment",
  });
}

function volumeMount(stackName: string, model: ComposeModel, mount: Exclude<Mount, { type: "tmpfs" }>) {
  const shared = { containerPath: mount.target, readOnly: mount.readOnly };
  if (mount.type === "bind") return { ...shared, hostPath: mount.source };
  const external = model.volumes[mount.source]?.external;
  return { ...shared, volumeName: external?.name ?? volumeName(stackName, mount.source) };
}

function tmpfsMounts(service: Service): Record<string, string> | undefined {
  const entries = [
    ...service.tmpfs.map((entry): [string, string] => {
      const [path = entry, options = ""] = entry.split(/:(.*)/, 2);
      return [path, options];
    }),
    ...service.volumes
      .filter((mount) => mount.type === "tmpfs")
      .map((mount): [string, string] => [mount.target, mount.readOnly ? "ro" : ""]),
  ];
  return entries.length ? Object.fromEntries(entries) : undefined;
}

function uploads(model: ComposeModel, service: Service) {
  const files = [
    ...service.configs.map((mount) => ({ mount, source: model.configs[mount.source] })),
    ...service.secrets.map((mount) => ({ mount, source: model.secrets[mount.source] })),
  ];
  return orUndefined(
    files.map(({ mount, source }) =>
      compact({
        file: mount.target,
        content: source?.content ?? "",
        permissions: `0${(mount.mode ?? 0o444).toString(8)}`,
        owner: mount.uid,
        group: mount.gid,
      }),
    ),
  );
}

/** What the files leave open is the image's, then the engine's default, said as it will be read back. */
function healthcheck(check: Healthcheck, image: ImageHealthcheck | undefined) {
  if (check.disable) return { tests: ["NONE"] };
  return compact({
    tests: check.test,
    interval: duration(check.interval ?? image?.interval ?? 0),
    timeout: duration(check.timeout ?? image?.timeout ?? 0),
    startPeriod: duration(check.startPeriod ?? image?.startPeriod ?? 0),
    retries: check.retries ?? image?.retries ?? 0,
  });
}

/** `host:address` in its two parts. */
export function hostEntry(entry: string): { host: string; ip: string } {
  const [host = "", ip = ""] = entry.split(/:(.*)/, 2);
  return { host, ip };
}

/** As Go prints a duration, which is how the provider reads it back: `1m30s`. */
export function duration(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined;
  if (ms > 0 && ms < 1_000) return `${ms}ms`;
  const total = ms / 1_000;
  const hours = Math.floor(total / 3_600);
  const minutes = Math.floor((total % 3_600) / 60);
  const rest = `${Math.round((total % 60) * 1_000) / 1_000}s`;
  if (hours) return `${hours}h${minutes}m${rest}`;
  return minutes ? `${minutes}m${rest}` : rest;
}

/**
 * Cores as the provider reads them back (its nanoInt64ToDecimalString): one decimal when the nine-digit form has nine
 * zeros, else without trailing zeros. Any other text would be a difference at every run.
 * @throws UserError for a number that the provider would round to another.
 */
export function cpuText(service: string, cpus: number): string {
  const nine = cpus.toFixed(9);
  const text = nine.split("0").length - 1 === 9 ? cpus.toFixed(1) : nine.replace(/0+$/, "");
  if (Number(text) !== cpus) {
    throw new UserError(`service ${service}: cpus ${cpus} cannot be kept exactly by the Docker provider`, {
      next: `Use ${text} or another value`,
    });
  }
  return text;
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.ceil(ms / 1_000);
}

function megabytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.ceil(bytes / 1_048_576);
}
