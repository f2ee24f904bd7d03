import type { ComposeModel, Service } from "@understudy/compose";
import { isStateful } from "./nature.ts";
import { isLoopback, portText } from "./ports.ts";

export { isLoopback, isStateful };

/** What compose files say of a service and a swarm goes without. */
export interface LeftOut {
  readonly service: string;
  /** As in a compose file: `ports: 127.0.0.1:5432:5432`. */
  readonly said: string;
  readonly why: string;
}

/**
 * What the base files rightly say for one host and a swarm cannot, harmlessly enough to go on without; everything else
 * that it cannot is refused. Pure.
 */
export function leftOutOnSwarm({ services }: ComposeModel): LeftOut[] {
  return Object.values(services).flatMap((service) =>
    leftOut(service).map(([said, why]) => ({ service: service.name, said, why })),
  );
}

/** Swarm of API 1.41 does not know it. */
export function isLeftOutOption(securityOpt: string): boolean {
  return /^no-new-privileges(:true|=true)?$/.test(securityOpt);
}

function leftOut({ ports, securityOpt, healthcheck }: Service): [said: string, why: string][] {
  return [
    ...ports
      .filter(isLoopback)
      .map((port): [string, string] => [`ports: ${portText(port)}`, "a swarm publishes on every address"]),
    ...securityOpt
      .filter(isLeftOutOption)
      .map((option): [string, string] => [`security_opt: ${option}`, "the Docker provider cannot say it to a swarm"]),
    ...(healthcheck?.startInterval === undefined
      ? []
      : [["healthcheck.start_interval", "the Docker provider cannot say it to a swarm"] satisfies [string, string]]),
  ];
}
