import type { types } from "@pulumi/docker";
import type { ComposeModel, Healthcheck, Service } from "@understudy/compose";
import { innerResolver } from "@understudy/core";
import { hostEntry, type ImageHealthcheck } from "../container-args.ts";
import { staysInside } from "../stays-inside.ts";
import { compact, orUndefined } from "../values.ts";
import { shortDuration } from "./durations.ts";
import { mounts } from "./mounts.ts";

type ContainerSpec = types.input.ServiceTaskSpecContainerSpec;

/** ms; an engine's own. A service that says none gets no time at all through the provider. */
const STOP_GRACE = 10_000;

/**
 * The containers of a service but their image and files. What the provider keeps from before when it is left out is always
 * said, so that what leaves the files leaves the service. Pure.
 */
export function containerSpec(
  stackName: string,
  model: ComposeModel,
  service: Service,
  image: ImageHealthcheck | undefined,
  closed: boolean,
): Omit<ContainerSpec, "image"> {
  return compact({
    commands: service.entrypoint,
    args: service.command,
    env: service.environment,
    hostname: service.hostname,
    user: service.user,
    dir: service.workingDir,
    init: service.init ?? false,
    readOnly: service.readOnly,
    mounts: mounts(stackName, model, service),
    stopSignal: service.stopSignal,
    stopGracePeriod: shortDuration(service.stopGracePeriod ?? STOP_GRACE),
    healthcheck: healthcheck(service.healthcheck, image),
    hosts: orUndefined(service.extraHosts.map(hostEntry)),
    dnsConfig: closed && staysInside(model, service) ? INNER_NAMES : ENGINE_NAMES,
    capAdds: orUndefined(service.capAdd),
    capDrops: orUndefined(service.capDrop),
    sysctl: Object.keys(service.sysctls).length ? service.sysctls : undefined,
  });
}

const INNER_NAMES = { nameservers: innerResolver.servers, options: innerResolver.options };
const ENGINE_NAMES = { nameservers: [], options: [] };

/** What the files leave open is the image's; without a check in the files, all of it is. */
function healthcheck(
  check: Healthcheck | undefined,
  image: ImageHealthcheck | undefined,
): ContainerSpec["healthcheck"] {
  const own = check && !check.disable ? check : undefined;
  const inherited = own && image;
  return compact({
    tests: check?.disable ? ["NONE"] : check?.test,
    interval: shortDuration(own?.interval ?? inherited?.interval ?? 0),
    timeout: shortDuration(own?.timeout ?? inherited?.timeout ?? 0),
    startPeriod: shortDuration(own?.startPeriod ?? inherited?.startPeriod ?? 0),
    retries: own?.retries ?? inherited?.retries ?? 0,
  });
}
