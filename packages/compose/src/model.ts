/** What the merged, validated and normalised compose files say. Durations are in ms, sizes in bytes, ports are numbers. */
export interface ComposeModel {
  services: Record<string, Service>;
  networks: Record<string, Network>;
  volumes: Record<string, Volume>;
  /** Files without secrets, to be placed in containers. */
  configs: Record<string, FileSource>;
  /** Files to be placed in containers whose content must not be shown. */
  secrets: Record<string, FileSource>;
}

export interface Service {
  name: string;
  image: string;
  /** undefined: the image's own; empty: none. */
  command: string[] | undefined;
  /** undefined: the image's own; empty: none. */
  entrypoint: string[] | undefined;
  environment: Record<string, string>;
  ports: Port[];
  volumes: Mount[];
  configs: FileMount[];
  secrets: FileMount[];
  /** By the network's key in the model. A service that names none is on `default`. */
  networks: Record<string, NetworkAttachment>;
  dependsOn: Record<string, Dependency>;
  healthcheck: Healthcheck | undefined;
  restart: RestartPolicy;
  stopGracePeriod: number | undefined;
  stopSignal: string | undefined;
  user: string | undefined;
  workingDir: string | undefined;
  hostname: string | undefined;
  init: boolean | undefined;
  readOnly: boolean;
  stdinOpen: boolean;
  tty: boolean;
  /** `path` or `path:options`. */
  tmpfs: string[];
  capAdd: string[];
  capDrop: string[];
  securityOpt: string[];
  shmSize: number | undefined;
  ulimits: Record<string, { soft: number; hard: number }>;
  sysctls: Record<string, string>;
  /** `host:address`, as the Docker API takes them. */
  extraHosts: string[];
  labels: Record<string, string>;
  logging: { driver: string | undefined; options: Record<string, string> } | undefined;
  resources: Resources;
  /** How many containers of it run; undefined: one, and the files do not say. */
  replicas: number | undefined;
  profiles: string[];
}

export interface Resources {
  memoryLimit: number | undefined;
  memoryReservation: number | undefined;
  /** Cores, for example 1.5. */
  cpus: number | undefined;
  pidsLimit: number | undefined;
}

export interface Port {
  target: number;
  published: number | undefined;
  /** IPv6 without brackets. */
  hostIp: string | undefined;
  protocol: "tcp" | "udp" | "sctp";
}

export type Mount =
  | { type: "volume"; source: string; target: string; readOnly: boolean }
  | { type: "bind"; source: string; target: string; readOnly: boolean }
  | { type: "tmpfs"; source: undefined; target: string; readOnly: boolean };

/** A config or secret at a path in a container. `mode` is the number (0o444), uid and gid are as written. */
export interface FileMount {
  source: string;
  target: string;
  mode: number | undefined;
  uid: string | undefined;
  gid: string | undefined;
}

/** The content of a config or secret; `file` is the absolute path that it was read from. */
export interface FileSource {
  content: string;
  file: string | undefined;
}

export interface NetworkAttachment {
  aliases: string[];
  ipv4Address: string | undefined;
}

export type DependencyCondition = "service_started" | "service_healthy" | "service_completed_successfully";

export interface Dependency {
  condition: DependencyCondition;
  required: boolean;
  restart: boolean;
}

/** `test` starts with CMD or CMD-SHELL; undefined means the image's own test. `disable` switches it off. */
export interface Healthcheck {
  disable: boolean;
  test: string[] | undefined;
  interval: number | undefined;
  timeout: number | undefined;
  startPeriod: number | undefined;
  startInterval: number | undefined;
  retries: number | undefined;
}

export interface RestartPolicy {
  name: "no" | "always" | "on-failure" | "unless-stopped";
  maximumRetryCount: number | undefined;
}

export interface Network {
  driver: string | undefined;
  driverOpts: Record<string, string>;
  internal: boolean;
  attachable: boolean;
  ipam: { driver: string | undefined; config: IpamPool[] } | undefined;
  labels: Record<string, string>;
  /** The existing network's name when the files do not own it. */
  external: { name: string } | undefined;
}

export interface IpamPool {
  subnet: string | undefined;
  gateway: string | undefined;
  ipRange: string | undefined;
}

export interface Volume {
  driver: string | undefined;
  driverOpts: Record<string, string>;
  labels: Record<string, string>;
  /** The existing volume's name when the files do not own it. */
  external: { name: string } | undefined;
}
