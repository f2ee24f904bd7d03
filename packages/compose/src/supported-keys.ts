/** One supported key: what it does here, and what may stand inside it. */
export interface Key {
  about: string;
  /** The keys inside, where the value is a mapping with fixed keys. */
  keys?: Keys;
  /** The keys inside each value, where the value maps names of your own, or is a list, to mappings with fixed keys. */
  each?: Keys;
}
export type Keys = Readonly<Record<string, Key>>;

const secret: Keys = {
  file: { about: "Path of the content, relative to the first compose file's folder." },
  environment: { about: "Name of the variable that holds the content." },
};

const config: Keys = { ...secret, content: { about: "The content itself, with variables replaced." } };

const fileMount: Keys = {
  source: { about: "Key under the top-level `configs` or `secrets`." },
  target: { about: "Path in the container." },
  mode: { about: "Permission bits, for example `0444`." },
  uid: { about: "Owner." },
  gid: { about: "Group." },
};

const external: Keys = {
  external: { about: "True: it exists already and is never created or removed." },
  name: { about: "Its name, only together with `external: true`." },
};

const limits: Keys = {
  cpus: { about: "Cores, for example `1.5`." },
  memory: { about: "Upper limit of memory, for example `512m`." },
  pids: { about: "Number of processes." },
};

const exchange = (action: string): Keys => ({
  parallelism: { about: "Replicas at once; `0` is all of them. `1` when missing." },
  delay: { about: "Time between them." },
  failure_action: { about: action },
  monitor: {
    about: "How long a new replica is watched once it runs (healthy, if it has a health check, `5s`; else `15s`).",
  },
  max_failure_ratio: { about: "Share of replicas that may fail, with one decimal." },
  order: { about: "`start-first` or `stop-first`; see [how it is chosen](#swarm-services) when missing." },
});

const service: Keys = {
  image: { about: "Required. Pin it by version." },
  command: { about: "Replaces the image's command." },
  entrypoint: { about: "Replaces the image's entrypoint." },
  environment: { about: "Map or list. A name without a value takes the variable of that name." },
  ports: {
    about: "Short and long syntax, ranges, IPv6 addresses.",
    each: {
      target: { about: "Port in the container." },
      published: { about: "Port on the host." },
      host_ip: { about: "Address on the host." },
      protocol: { about: "`tcp`, `udp` or `sctp`." },
    },
  },
  volumes: {
    about: "Named volumes, bind mounts and tmpfs, short (`:ro`, `:rw`) and long syntax.",
    each: {
      type: { about: "`volume`, `bind` or `tmpfs`." },
      source: { about: "Volume's key or path on the host." },
      target: { about: "Path in the container." },
      read_only: { about: "True: not writable." },
    },
  },
  configs: { about: "Files from the top-level `configs`; works on remote hosts.", each: fileMount },
  secrets: { about: "Files from the top-level `secrets`; works on remote hosts.", each: fileMount },
  networks: {
    about: "List, or map with settings.",
    each: { aliases: { about: "Further host names." }, ipv4_address: { about: "A fixed address." } },
  },
  depends_on: {
    about: "List, or map with conditions.",
    each: {
      condition: { about: "`service_started`, `service_healthy` or `service_completed_successfully`." },
      required: { about: "False: its failure is no reason to stop." },
      restart: { about: "True: restarted when the other one is replaced." },
    },
  },
  healthcheck: {
    about: "How a running container proves that it works.",
    keys: {
      test: { about: "Text (shell) or list starting with `CMD`, `CMD-SHELL` or `NONE`." },
      interval: { about: "Time between tests, for example `10s`." },
      timeout: { about: "Time for one test." },
      retries: { about: "Failures until unhealthy." },
      start_period: { about: "Time in which failures do not count." },
      start_interval: { about: "Time between tests in that time (engine 25 or newer)." },
      disable: { about: "True: no test, not even the image's." },
    },
  },
  restart: { about: "`no`, `always`, `unless-stopped`, `on-failure` or `on-failure:5`." },
  stop_grace_period: { about: "Time to stop before it is killed." },
  stop_signal: { about: "Signal that asks it to stop." },
  user: { about: "User, or `user:group`." },
  working_dir: { about: "Working directory." },
  hostname: { about: "Host name inside." },
  init: { about: "True: a small init process reaps children." },
  read_only: { about: "True: the root file system is not writable." },
  stdin_open: { about: "True: standard input stays open." },
  tty: { about: "True: with a terminal." },
  tmpfs: { about: "Paths in memory, with options after a colon." },
  cap_add: { about: "Capabilities to add." },
  cap_drop: { about: "Capabilities to drop." },
  security_opt: { about: "For example `no-new-privileges:true`." },
  shm_size: { about: "Size of /dev/shm." },
  ulimits: {
    about: "Number, or map with `soft` and `hard`.",
    each: { soft: { about: "Soft limit." }, hard: { about: "Hard limit." } },
  },
  sysctls: { about: "Map or list of kernel settings." },
  extra_hosts: { about: "Map or list of host names and addresses." },
  labels: { about: "Map or list. `understudy.*` is set by the product." },
  logging: {
    about: "Where container output goes.",
    keys: { driver: { about: "For example `json-file`." }, options: { about: "The driver's options." } },
  },
  mem_limit: { about: "Same as `deploy.resources.limits.memory`." },
  mem_reservation: { about: "Same as `deploy.resources.reservations.memory`." },
  cpus: { about: "Same as `deploy.resources.limits.cpus`." },
  pids_limit: { about: "Same as `deploy.resources.limits.pids`." },
  deploy: {
    about: "Resources and replicas; everything else is for `engine: swarm` and is refused on one host.",
    keys: {
      mode: { about: "`replicated`, or `global`: one on each machine that the constraints allow." },
      replicas: {
        about:
          "How many containers of it run, unless `pnpm scale` said otherwise. A service with a named volume runs once.",
      },
      endpoint_mode: { about: "`dnsrr`, which is what every service gets." },
      placement: {
        about: "Which machines it may run on.",
        keys: {
          constraints: { about: "For example `node.labels.zone == a`; all of them hold." },
          preferences: {
            about: "How replicas are spread; one at most.",
            each: { spread: { about: "Label over whose values they are spread, for example `node.labels.zone`." } },
          },
          max_replicas_per_node: { about: "Replicas on one machine." },
        },
      },
      update_config: {
        about: "How a new version takes the place of the old one.",
        keys: exchange("`rollback` (when missing), `pause` or `continue`."),
      },
      rollback_config: {
        about: "How the old one comes back.",
        keys: exchange("`pause` (when missing) or `continue`."),
      },
      restart_policy: {
        about: "When a replica that ended is started again; wins over `restart`.",
        keys: {
          condition: { about: "`none`, `on-failure` or `any`." },
          delay: { about: "Time before it; `5s` when missing." },
          max_attempts: { about: "How often; `0` is without end." },
          window: { about: "Time in which attempts count; `0s` is for ever." },
        },
      },
      resources: {
        about: "Limits and reservations.",
        keys: {
          limits: { about: "Upper limits.", keys: limits },
          reservations: {
            about: "What is kept free for it.",
            keys: { memory: { about: "Memory, for example `256m`." } },
          },
        },
      },
    },
  },
  profiles: { about: "Names of profiles that the service belongs to." },
};

/** Everything that compose files may say. It drives the check of every file and the table in docs/configuration.md. */
export const supportedKeys: Keys = {
  services: { about: "What runs.", each: service },
  networks: {
    about: "How services reach each other.",
    each: {
      driver: { about: "Network driver; the engine's own default when missing." },
      driver_opts: { about: "The driver's options." },
      internal: { about: "True: no way out to the internet." },
      attachable: { about: "True: other containers may join." },
      ipam: {
        about: "Addresses.",
        keys: {
          driver: { about: "Address driver." },
          config: {
            about: "Address pools.",
            each: {
              subnet: { about: "For example `172.30.0.0/24`." },
              gateway: { about: "The gateway's address." },
              ip_range: { about: "Range for containers." },
            },
          },
        },
      },
      labels: { about: "Map or list." },
      ...external,
    },
  },
  volumes: {
    about: "Where state is kept.",
    each: {
      driver: { about: "Volume driver; `local` when missing." },
      driver_opts: { about: "The driver's options." },
      labels: { about: "Map or list." },
      ...external,
    },
  },
  configs: { about: "Files to place in containers.", each: config },
  secrets: { about: "Files to place in containers whose content is not shown.", each: secret },
};

/** Why a key that Compose knows is not supported, where there is more to say than that. */
export const refusedKeys: Readonly<Record<string, string>> = {
  build: "Images come from the recipes in images/; name one with 'image'",
  extends: "Use YAML anchors or a further compose file",
  include: "Name all compose files of the environment instead",
  env_file: "Put the values under 'environment', with variables from the .env file",
  container_name: "Container names carry the environment, so that several fit on one host; remove it",
  name: "The environment gives the name; remove it (on networks and volumes it goes with 'external: true')",
  version: "It is obsolete in Compose; remove it",
  links: "Services reach each other by name on a common network; remove it",
  expose: "It has no effect between services; remove it",
  network_mode: "Use 'networks'",
  memswap_limit: "Swap is always as large as the memory limit, so that none is used; remove it",
  scale: "Say it as 'deploy.replicas'",
};
