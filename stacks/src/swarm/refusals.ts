import type { Service } from "@understudy/compose";
import { UserError } from "@understudy/core";
import { refuseEverywhere } from "../container-args.ts";
import { isLeftOutOption } from "./left-out.ts";

/** @throws UserError for what compose files say of a service and a swarm, or the provider, cannot do. */
export function refuseOnSwarm(service: Service): void {
  refuseEverywhere(service);
  const { deploy, ulimits, securityOpt, networks, volumes } = service;
  const refuse = (key: string, why: string, next = "Remove it from the compose files of this environment"): never => {
    throw new UserError(`service ${service.name}: ${key} ${why}`, { next });
  };
  if (service.tty) refuse("tty", "is not for a service of a swarm");
  if (service.stdinOpen) refuse("stdin_open", "is not for a service of a swarm");
  if (Object.keys(ulimits).length) refuse("ulimits", "cannot be said to a swarm", "Set them in the engines' settings");
  const option = securityOpt.find((one) => !isLeftOutOption(one));
  if (option) refuse(`security_opt ${option}`, "cannot be said to a swarm");
  if (deploy?.endpointMode === "vip") {
    refuse(
      "deploy.endpoint_mode vip",
      "takes the kernel's IPVS, which not every machine has",
      "Use dnsrr, or leave it out",
    );
  }
  for (const [name, { ipv4Address }] of Object.entries(networks)) {
    if (ipv4Address) refuse(`networks.${name}.ipv4_address`, "is fixed, but a swarm gives addresses");
  }
  const bind = volumes.find(({ type }) => type === "bind");
  if (bind && deploy?.mode !== "global" && !deploy?.placement?.constraints.length) {
    refuse(
      `volumes ${bind.source}`,
      "is a path that is another one on every machine",
      "Use a volume, config or secret, or say where it is with deploy.placement.constraints",
    );
  }
}

export function tmpfsRefusal(service: string, target: string, option: string): UserError {
  return new UserError(`service ${service}: tmpfs ${target} has the option ${option}`, {
    next: "On a swarm use size in bytes, mode as three octal digits, and ro",
  });
}
