import { expect, it } from "vitest";
import { swarmServiceArgs } from "./service-args.ts";
import { serviceOf } from "./testing.ts";

const image = { id: "sha256:1", digest: undefined, healthcheck: undefined };

async function argsOf(lines: string, given: { digest?: string; closed?: boolean } = {}) {
  const { model, service } = await serviceOf(lines);
  return swarmServiceArgs("p-staging", model, service, {
    image: { ...image, digest: given.digest },
    pin: service.volumes.length ? "node1" : undefined,
    closed: given.closed ?? false,
    network: (name) => `id of ${name}`,
    file: (kind, source) => ({ id: `id of ${kind} ${source}`, name: `p-staging_${source}` }),
  });
}

it("says everything that the provider would keep from before, or read back otherwise", async () => {
  expect(await argsOf("command: [run]\nrestart: unless-stopped")).toEqual({
    name: "p-staging-a",
    mode: { replicated: { replicas: 1 } },
    endpointSpec: { mode: "dnsrr", ports: [] },
    updateConfig: {
      parallelism: 1,
      delay: "0s",
      failureAction: "rollback",
      monitor: "15s",
      maxFailureRatio: "0.0",
      order: "start-first",
    },
    rollbackConfig: {
      parallelism: 1,
      delay: "0s",
      failureAction: "pause",
      monitor: "15s",
      maxFailureRatio: "0.0",
      order: "start-first",
    },
    taskSpec: {
      containerSpec: {
        image: "sha256:1",
        args: ["run"],
        env: {},
        init: false,
        readOnly: false,
        mounts: [],
        stopGracePeriod: "10s",
        healthcheck: { interval: "0s", timeout: "0s", startPeriod: "0s", retries: 0 },
        dnsConfig: { nameservers: [], options: [] },
        configs: [],
        secrets: [],
      },
      networksAdvanceds: [{ id: "id of default", aliases: ["a"] }],
      placement: { constraints: [], prefs: [], maxReplicas: 0 },
      resources: {},
      restartPolicy: { condition: "any", delay: "5s", maxAttempts: 0, window: "0s" },
      logDriver: { name: "json-file" },
    },
  });
});

it("runs what a registry knows by its digest, so that every machine runs the same", async () => {
  expect(await argsOf("", { digest: "n8n@sha256:2" })).toMatchObject({
    taskSpec: { containerSpec: { image: "n8n@sha256:2" } },
  });
});

it("maps what stands in the files", async () => {
  const args = await argsOf(
    [
      "entrypoint: [sh]",
      "hostname: h",
      "user: '7'",
      "working_dir: /w",
      "stop_signal: SIGINT",
      "stop_grace_period: 1m",
      "shm_size: 64m",
      "tmpfs: ['/run:size=1m,mode=0700,noexec', '/tmp:mode=1777']",
      "volumes: ['v:/data:ro']",
      "configs: [{source: c, target: /etc/c, mode: 0400, uid: '1', gid: '2'}]",
      "secrets: [s]",
      "extra_hosts: ['h:10.0.0.1']",
      "cap_add: [SYS_TIME]",
      "mem_limit: 256m",
      "cpus: 0.25",
      "mem_reservation: 64m",
      "logging: {driver: local, options: {max-size: 1m}}",
      "healthcheck: {test: [CMD, t], start_period: 3m}",
    ].join("\n"),
  );
  expect(args.taskSpec).toMatchObject({
    containerSpec: {
      commands: ["sh"],
      hostname: "h",
      user: "7",
      dir: "/w",
      stopSignal: "SIGINT",
      stopGracePeriod: "1m",
      hosts: [{ host: "h", ip: "10.0.0.1" }],
      capAdds: ["SYS_TIME"],
      healthcheck: { tests: ["CMD", "t"], interval: "0s", startPeriod: "3m" },
      mounts: [
        { type: "volume", source: "p-staging_v", target: "/data", readOnly: true },
        { type: "tmpfs", target: "/run", tmpfsOptions: { sizeBytes: 1_048_576, mode: 0o700 } },
        { type: "tmpfs", target: "/tmp", readOnly: false },
        { type: "tmpfs", target: "/dev/shm", tmpfsOptions: { sizeBytes: 67_108_864 } },
      ],
      configs: [{ configId: "id of config c", fileName: "/etc/c", fileMode: 0o400, fileUid: "1", fileGid: "2" }],
      secrets: [{ secretName: "p-staging_s", fileName: "/run/secrets/s", fileMode: 0o444, fileUid: "0" }],
    },
    resources: {
      limits: { nanoCpus: 250_000_000, memoryBytes: 268_435_456 },
      reservation: { memoryBytes: 67_108_864 },
    },
    logDriver: { name: "local", options: { "max-size": "1m" } },
  });
});

it("asks no outside resolver in a closed stack, for a service that reaches nobody outside", async () => {
  const { model, service } = await serviceOf("networks: [default]");
  const inner = { ...model, networks: { default: { ...model.networks.default, internal: true } } } as typeof model;
  const around = { image, pin: undefined, closed: true, network: String, file: () => ({ id: "", name: "" }) };
  const spec = (of: typeof model) => swarmServiceArgs("p", of, service, around).taskSpec;
  expect(spec(inner)).toMatchObject({ containerSpec: { dnsConfig: { nameservers: ["127.0.0.1"] } } });
  expect(spec(model)).toMatchObject({ containerSpec: { dnsConfig: { nameservers: [] } } });
});

it.each([
  ["tty: true", "service a: tty is not for a service of a swarm"],
  ["stdin_open: true", "service a: stdin_open is not for a service of a swarm"],
  ["ulimits: {nofile: 9}", "service a: ulimits cannot be said to a swarm"],
  ["security_opt: [seccomp=x]", "service a: security_opt seccomp=x cannot be said to a swarm"],
  ["volumes: [/srv:/d]", "service a: volumes /srv is a path that is another one on every machine"],
  ["deploy: {endpoint_mode: vip}", "service a: deploy.endpoint_mode vip takes the kernel's IPVS"],
  ["networks: {default: {ipv4_address: 10.0.0.9}}", "service a: networks.default.ipv4_address is fixed"],
  ["tmpfs: '/t:uid=1'", "service a: tmpfs /t has the option uid=1"],
  ["ports: ['10.0.0.1:80:80']", "service a: port 10.0.0.1:80:80 is for one address"],
  ["pids_limit: 5", "service a: pids_limit cannot be set"],
])("refuses %s by name", async (lines, message) => await expect(argsOf(lines)).rejects.toThrow(message));
