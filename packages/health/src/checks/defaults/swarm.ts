import {
  amongContainers,
  exec,
  type FleetView,
  isOfStack,
  label,
  type SwarmService,
  startAttached,
  UserError,
} from "@understudy/core";
import { type DesiredStack, toolboxOn } from "@understudy/environment";
import type { Check, CheckContext, Observation } from "../check.ts";
import { diskFree } from "../disk-free.ts";
import { oncePerRound } from "../once-per-round.ts";
import { usual } from "../usual.ts";
import { count, size } from "../words.ts";

/** ms; a container has to be made to look from. */
const patience = 15_000;

/** What a stack on several machines has beside what every stack has: machines, a majority of managers, replicas, the network between. */
export function swarm({ environment, model }: DesiredStack): Check[] {
  const { engine, nodes = [] } = environment;
  if (engine !== "swarm") return [];
  return [
    ...nodes.map(
      ({ host }): Check => ({
        ...usual,
        name: `machine ${nameOf(host)}`,
        service: "host",
        expected: "ready, active, reached",
        thresholds: { warning: 85, critical: 95, unit: "% full", bad: "above" },
        look: (context) => machine(context, host),
      }),
    ),
    { ...usual, name: "swarm managers", service: "host", expected: "a majority, and one to lose", look: managers },
    {
      ...{ ...usual, name: "overlay network", service: "host", timeout: patience },
      expected: "every machine's containers are reached",
      look: overlay,
    },
    { ...usual, name: "data volumes", service: "host", expected: "each on one machine", look: dataVolumes },
    ...Object.keys(model.services).map(
      (service): Check => ({
        ...{ ...usual, name: `${service} replicas`, service, expected: "all of them run" },
        look: (context) => replicas(context, service),
      }),
    ),
  ];
}

async function machine(context: CheckContext, host: string): Promise<Observation> {
  const { nodes } = await view(context);
  const node = nodes.find((one) => one.host === host);
  const name = nameOf(host);
  if (!node) {
    const away = context.engine.fleet?.machines.find((one) => one.host === host)?.away;
    return {
      ok: false,
      seen: away ? `does not answer: ${away}` : "is not in the swarm",
      next: away ? `Look at it: ssh ${name}` : "Form the swarm again: pnpm swarm:form",
    };
  }
  const { state, availability, away } = node;
  if (state !== "ready")
    return {
      ok: false,
      seen: `${state}${away ? `: ${away}` : ""}`,
      next: `Bring it back; its containers are elsewhere meanwhile, but for those with data`,
    };
  if (away)
    return {
      ok: false,
      severity: "warning",
      seen: `ready, but not reached from here: ${away}`,
      next: `Check the way to it: ssh ${name}`,
    };
  if (availability !== "active")
    return {
      ok: false,
      severity: "warning",
      seen: availability,
      next: `docker node update --availability active ${node.name}`,
    };
  const own = [...context.containers.values()].filter(({ Config }) => Config.Labels[label.node] === node.id);
  const from = own.find(({ State }) => State.Running);
  const room = from && (await diskFree(context, from.Id, ["/"], usual.timeout))[0];
  const disk = room
    ? { measured: room.used, figures: { disk_used_percent: room.used, disk_free_bytes: room.free } }
    : {};
  const seen = `ready${node.leader ? ", leads" : ""}${room ? `, ${size(room.free)} free` : ""}`;
  return { ok: true, seen, next: "pnpm cleanup removes what nothing needs", ...disk };
}

async function managers(context: CheckContext): Promise<Observation> {
  const all = (await view(context)).nodes.filter(({ role }) => role === "manager");
  const well = all.filter(({ state }) => state === "ready");
  const seen = `${well.length} of ${count(all.length, "manager")} ${well.length === 1 ? "is" : "are"} there`;
  const figures = { managers: all.length, managers_ready: well.length };
  const majority = Math.floor(all.length / 2) + 1;
  if (well.length === all.length) return { ok: true, seen, figures };
  const next = "Bring the missing one back, or give another machine the role: nodes in understudy.yml, pnpm swarm:form";
  const last = well.length === majority ? "; the loss of one more stops every change" : "";
  return { ok: false, severity: "warning", seen: `${seen}${last}`, next, figures };
}

async function replicas(context: CheckContext, name: string): Promise<Observation> {
  const { services, tasks, nodes } = await view(context);
  const { stackName } = context.stack.environment;
  const service = services.find(
    ({ Spec }) => isOfStack(Spec.Labels, stackName) && Spec.Labels?.[label.service] === name,
  );
  if (!service) return { ok: false, seen: "is not there", next: "Deploy it" };
  const wanted = tasks.filter(({ ServiceID, DesiredState }) => ServiceID === service.ID && DesiredState === "running");
  const running = wanted.filter(({ Status }) => Status.State === "running");
  const expected = expectedOf(service, wanted.length);
  const figures = { replicas: running.length, replicas_wanted: expected };
  const where = [...new Set(running.map(({ NodeID }) => nodes.find(({ id }) => id === NodeID)?.name ?? "?"))].sort();
  const seen = `${running.length} of ${expected} run${where.length ? ` on ${where.join(", ")}` : ""}`;
  if (running.length >= expected && expected > 0) return { ok: true, seen, figures };
  const why = wanted.find(({ Status }) => Status.State !== "running")?.Status.Err;
  const severity = running.length > 0 ? ({ severity: "warning" } as const) : {};
  return {
    ok: false,
    ...severity,
    seen: why ? `${seen}: ${why}` : seen,
    next: "See pnpm status, and pnpm logs of it",
    figures,
  };
}

async function dataVolumes({ engine }: CheckContext): Promise<Observation> {
  const older = (await engine.fleet?.olderVolumes()) ?? [];
  const next = "When nothing of it is needed, remove it on that machine: docker volume rm";
  if (older.length === 0) return { ok: true, seen: "each is on one machine", next };
  const seen = older.map(({ volume, node }) => `volume ${volume} also on ${node}, from before; nothing uses it`);
  return { ok: false, severity: "warning", seen: seen.join(", "), next };
}

function expectedOf({ Spec }: SwarmService, found: number): number {
  return Spec.Mode.Replicated ? (Spec.Mode.Replicated.Replicas ?? 1) : found;
}

/** From where the swarm is led, each machine is reached that has a container: one that refuses a connection is reached, one that says nothing is not. */
async function overlay(context: CheckContext): Promise<Observation> {
  const { nodes } = await view(context);
  // All of them: of a service with several, a round knows one.
  const filters = { label: [`${label.stack}=${context.stack.environment.stackName}`] };
  const running = await context.engine.docker.listContainers({ filters });
  const addresses = nodes.flatMap((node): [string, string][] => {
    const own = running.find(({ Labels }) => Labels[label.node] === node.id);
    const address = Object.values(own?.NetworkSettings?.Networks ?? {}).find(({ IPAddress }) => IPAddress)?.IPAddress;
    return address ? [[node.name, address]] : [];
  });
  const silent = await unreached(context, addresses);
  if (silent.length === 0) return { ok: true, seen: `${count(addresses.length, "machine")} reached` };
  return {
    ok: false,
    seen: `containers on ${silent.join(", ")} are not reached`,
    next: "Open ports 7946 (TCP, UDP) and 4789 (UDP) between the machines",
  };
}

/** Names of those whose address says nothing within three seconds. */
async function unreached({ engine }: CheckContext, addresses: readonly [string, string][]): Promise<string[]> {
  const script = `for each in "$@"; do (
    said=$(socat -u OPEN:/dev/null "TCP:\${each#*=}:9,connect-timeout=3" 2>&1) || true
    case $said in *refused*|'') ;; *) echo "\${each%%=*}" ;; esac
  ) & done; wait`;
  const { id, stream } = await startAttached(engine, {
    ...{ Image: await toolboxOn(engine), Cmd: ["cat"] },
    HostConfig: { NetworkMode: amongContainers, Memory: 67_108_864 },
  });
  stream.on("error", () => {}).resume();
  try {
    const names = addresses.map(([name, address]) => `${name}=${address}`);
    const { stdout } = await exec(engine, id, ["bash", "-c", script, "bash", ...names], { timeout: patience });
    return stdout.split("\n").filter(Boolean).sort();
  } finally {
    stream.end();
  }
}

function view(context: CheckContext): Promise<FleetView> {
  return oncePerRound(context, "fleet", async () => {
    if (!context.engine.fleet) throw new UserError("this is no swarm");
    return await context.engine.fleet.look();
  });
}

/** Short, for people: the host of its address. */
function nameOf(host: string): string {
  const { hostname, pathname } = new URL(host.includes("://") ? host : `name://${host}`);
  return hostname || (pathname.split("/").at(-2) ?? host);
}
