import { UserError } from "../../errors.ts";
import type { Environment } from "../../settings/settings.ts";
import { connectEngine, type Engine } from "../engine.ts";
import { Fleet } from "./fleet.ts";
import { bringBack } from "./machine.ts";
import { openSwitchboard } from "./switchboard.ts";

/** Where an environment runs. */
export type Whereabouts = Pick<Environment, "engine" | "host" | "sshOptions" | "nodes" | "stackName">;

/**
 * Connect to what an environment runs on: one engine, or all machines of its swarm as one.
 * @throws UserError when it does not answer
 */
export async function openEngine({ engine, host, sshOptions, nodes = [], stackName }: Whereabouts): Promise<Engine> {
  return engine === "swarm" ? await connectFleet(host, nodes, stackName) : await connectEngine(host, sshOptions);
}

async function connectFleet(
  host: string,
  nodes: NonNullable<Whereabouts["nodes"]>,
  stackName: string,
): Promise<Engine> {
  const fleet = await Fleet.open(nodes, stackName);
  const switchboard = await openSwitchboard(fleet);
  const engine = await connectEngine(`unix://${switchboard.socket}`);
  let abandoned: UserError | undefined;
  const close = async () => {
    await engine.close();
    await switchboard.close();
    await fleet.close();
  };
  sayMachinesAway(engine, () => abandoned);
  const abandon = async (reason: UserError) => {
    abandoned ??= reason;
    await close();
  };
  return {
    ...{ docker: engine.docker, dockerHost: engine.dockerHost, host, fleet },
    ...{ remote: true, abandon, close, [Symbol.asyncDispose]: close },
  };
}

/** What the fleet could not do for want of a machine is no failure of ours. */
function sayMachinesAway({ docker }: Engine, abandoned: () => UserError | undefined): void {
  type Callback = (
    error: (Error & { statusCode?: number; json?: { message?: string } }) | null,
    data?: unknown,
  ) => void;
  const modem = docker.modem as unknown as { dial(options: unknown, callback: Callback): void };
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) =>
    dial(options, (error, data) => {
      const reason = error && abandoned();
      if (reason) return callback(reason);
      if (error?.statusCode !== 503) return callback(error, data);
      const words = error.json?.message ?? error.message;
      callback(new UserError(words, { next: bringBack, cause: error }));
    });
}
