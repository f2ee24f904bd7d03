import type { Engine } from "@understudy/core";
import { connectTo, type DesiredStack, openReach, type Reach, stackOf, type Target } from "@understudy/environment";
import { openServer, type Server } from "./servers/server.ts";

/** An environment as it is deployed, with a way to its data. */
export interface Side extends AsyncDisposable {
  readonly stack: DesiredStack;
  readonly engine: Engine;
  readonly reach: Reach;
  readonly server: Server;
}

/** @throws UserError when it is not deployed, its engine or its Postgres does not answer. */
export async function openSide(target: Target): Promise<Side> {
  await using opened = new AsyncDisposableStack();
  const engine = opened.use(await connectTo(target));
  const stack = await stackOf(target);
  const reach = opened.use(await openReach(engine, stack.environment.name));
  const server = opened.use(await openServer(engine, reach, stack));
  const all = opened.move();
  return { stack, engine, reach, server, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
