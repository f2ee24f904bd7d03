import { connectEngine, type Engine, messageOf, type SwarmNode, UserError } from "@understudy/core";
import { type Machine, type SwarmInfo, standingOf } from "./machine.ts";

/** The machines of a swarm, each with its own connection. Dispose of it: it holds an ssh for each. */
export interface Machines extends AsyncDisposable {
  readonly nodes: readonly SwarmNode[];
  engineOf(host: string): Engine;
}

/** Connect to all of them at once. @throws UserError that names each that does not answer; then none is connected. */
export async function connectMachines(nodes: readonly SwarmNode[]): Promise<Machines> {
  const tried = await Promise.allSettled(nodes.map(({ host, sshOptions }) => connectEngine(host, sshOptions)));
  const engines = tried.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const close = async () => void (await Promise.all(engines.map((engine) => engine.close())));
  const failures = tried.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  const [first] = failures;
  if (first) {
    await close();
    if (failures.some((failure) => !(failure instanceof UserError))) throw first;
    const which = failures.length === 1 ? "" : `${failures.length} of ${nodes.length} machines: `;
    throw new UserError(`${which}${failures.map(messageOf).join("; ")}. Nothing was changed`, {
      ...((first as UserError).next ? { next: (first as UserError).next as string } : {}),
      cause: first,
    });
  }
  const byHost = new Map(engines.map((engine) => [engine.host, engine]));
  return {
    nodes,
    engineOf: (host) => {
      const engine = byHost.get(host);
      if (!engine) throw new Error(`no connection to ${host}`);
      return engine;
    },
    [Symbol.asyncDispose]: close,
  };
}

/** What every engine says of itself. */
export function readMachines({ nodes, engineOf }: Machines): Promise<Machine[]> {
  return Promise.all(
    nodes.map(async (wanted) => {
      const asked = Date.now();
      const info = await engineOf(wanted.host).docker.info();
      // It wrote its time down somewhere between question and answer.
      const clockAhead = Math.round(Date.parse(info.SystemTime) - (asked + Date.now()) / 2);
      const standing = standingOf(info.Swarm as SwarmInfo);
      return { wanted, engineId: info.ID, version: info.ServerVersion, hostName: info.Name, clockAhead, standing };
    }),
  );
}
