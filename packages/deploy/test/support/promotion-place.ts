import { execFileSync } from "node:child_process";
import { connectEngine, type Engine, openEngine } from "@understudy/core";
import { ask } from "./edge-load.ts";
import type { TestInstallation } from "./installation.ts";
import type { RemoteHost } from "./remote-host.ts";
import type { SwarmHosts } from "./swarm-hosts.ts";

export type Kind = "production" | "staging";

/** Where environments of a promotion are. */
export interface PromotionPlace {
  readonly has: readonly Kind[];
  /** What `understudy.yml` says of an environment there. */
  readonly settings: string;
  /** Where the edge is reached that a service is asked through. */
  addressOf(service: "app" | "page"): string;
  connect(stackName: string): Promise<Engine>;
  /** What an operator does there before the first deploy. */
  prepare(installation: TestInstallation): Promise<void>;
  /** Bring images there, as if its registry had them: a deploy sends only what it has built itself. */
  receive(images: readonly string[]): void;
  /** Ask a service as somebody there does. */
  ask(url: URL, write?: string): Promise<{ status: number; version: string }>;
}

/** This machine's engine. */
export const here: PromotionPlace = {
  has: ["production", "staging"],
  settings: "healthTimeoutSeconds: 30, bind: 127.0.0.1",
  addressOf: () => "127.0.0.1",
  connect: () => connectEngine("local"),
  prepare: async () => {},
  receive: () => {},
  ask: (url, write) => ask(url, { write }),
};

/** Production alone is on another host. */
export function farAway(host: RemoteHost): PromotionPlace {
  return {
    has: ["production"],
    settings: `healthTimeoutSeconds: 30, bind: 127.0.0.1, host: "${host.url}", sshOptions: ${JSON.stringify(host.sshOptions)}`,
    addressOf: () => "127.0.0.1",
    connect: () => connectEngine(host.dockerHost),
    prepare: async () => {},
    receive: (images) => {
      execFileSync("sh", ["-c", 'docker save "$@" | docker -H "$0" load', host.dockerHost, ...images], {
        stdio: "pipe",
      });
    },
    async ask(url, write) {
      const asked = `const answer = await fetch(${JSON.stringify(url)}, ${JSON.stringify(write ? { method: "POST", body: write } : {})});
      console.log(JSON.stringify({ status: answer.status, version: await answer.text() }));`;
      const words = [`--net=/run/netns/${host.namespace}`, process.execPath, "--input-type=module", "--eval", asked];
      return JSON.parse(execFileSync("nsenter", words, { encoding: "utf8", stdio: "pipe" }));
    },
  };
}

/** Both are on a swarm of three machines; requests come in at the first two. */
export function onSwarm(swarm: SwarmHosts): PromotionPlace {
  const nodes = swarm.hosts.map(({ url, address }, at) => ({
    ...{ host: url, sshOptions: [...swarm.sshOptions], address },
    ...{ role: at === 0 ? ("manager" as const) : ("worker" as const), ingress: at < 2 },
  }));
  return {
    has: ["production", "staging"],
    settings: `healthTimeoutSeconds: 90, engine: swarm, bind: 0.0.0.0, nodes: ${JSON.stringify(nodes)}`,
    addressOf: (service) => nodes[service === "app" ? 0 : 1]?.address ?? "",
    connect: (stackName) =>
      openEngine({ engine: "swarm", host: nodes[0]?.host ?? "", sshOptions: [], nodes, stackName }),
    prepare: async (installation) => {
      swarm.load(["understudy/toolbox:17", "understudy/haproxy:3.0.11", "understudy/postgres:0.8.0-pg17"]);
      await installation.json("swarm:form", "--production", "--yes");
    },
    receive: (images) => swarm.load(images),
    ask: (url, write) => ask(url, { write }),
  };
}
