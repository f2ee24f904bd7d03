import type { Containers } from "./containers.ts";
import { bodyOf, type Exchange, handOn, say } from "./exchange.ts";
import type { Fleet } from "./fleet.ts";

/** A network between containers of several machines: an overlay, on which containers of our own may be too. */
export async function createNetwork(fleet: Fleet, exchange: Exchange): Promise<void> {
  const body = (await bodyOf<object>(exchange)) ?? {};
  const reply = await fleet.askManager("/networks/create", {
    method: "POST",
    body: { ...body, Driver: "overlay", Scope: "swarm", Attachable: true, CheckDuplicate: true },
  });
  say(exchange, 201, reply);
}

/** What managers know of a network, with the containers that each machine knows to be on it. */
export async function inspectNetwork(fleet: Fleet, exchange: Exchange, name: string): Promise<void> {
  const path = `/networks/${encodeURIComponent(name)}`;
  const network = await fleet.askManager<{ Id: string }>(path);
  const parts = await Promise.all(
    fleet.present.map(async (machine) => {
      type Part = { Containers?: Record<string, object> };
      // A machine without a container on it has never heard of it.
      return (await machine.ask<Part>(`/networks/${network.Id}`).catch((): Part => ({}))).Containers ?? {};
    }),
  );
  say(exchange, 200, { ...network, Containers: Object.assign({}, ...parts) });
}

/** `connect` and `disconnect` are done where the container is. */
export async function attachNetwork(containers: Containers, exchange: Exchange): Promise<void> {
  const body = (await bodyOf<{ Container: string }>(exchange)) ?? { Container: "" };
  const { machine, id } = await containers.machineOf(body.Container);
  await handOn(exchange, machine, { body: { ...body, Container: id } });
}
