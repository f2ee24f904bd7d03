import { type Engine, type Fleet, openEngine, UserError } from "@understudy/core";
import { atPlace, connectTo, type Journey, placeInWords, type Target, type Whereabouts } from "@understudy/environment";

/** One end of a journey. */
export interface End {
  readonly place: Whereabouts;
  /** The environment as it is there. */
  readonly target: Target;
  readonly engine: Engine;
}

/** Both ends of a journey, connected. */
export interface Ground extends AsyncDisposable {
  readonly from: End;
  readonly to: End;
  /** ID of the node of the swarm that is the one host too: its data stays where it is. Undefined: they are different machines. */
  readonly node: string | undefined;
}

/** @throws UserError when an end does not answer */
export async function openGround(target: Target, { from, to }: Pick<Journey, "from" | "to">): Promise<Ground> {
  await using opened = new AsyncDisposableStack();
  const [leaving, arriving] = [atPlace(target, from), atPlace(target, to)];
  const engine = opened.use(await connectTo(leaving, { moving: true }));
  const other = opened.use(await openEngine(arriving.environment));
  const node = await sharedNode(engine, other);
  const all = opened.move();
  return {
    from: { place: from, target: leaving, engine },
    to: { place: to, target: arriving, engine: other },
    node,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** @throws UserError for a machine of the swarm that is away: it could be the host */
async function sharedNode(a: Engine, b: Engine): Promise<string | undefined> {
  const fleet = a.fleet ?? b.fleet;
  if (!fleet) throw new Error("neither end is a swarm");
  const { ID } = (await (a.fleet ? b : a).docker.info()) as { ID: string };
  return await nodeOf(fleet, ID);
}

async function nodeOf(fleet: Fleet, engineId: string): Promise<string | undefined> {
  const answers = await fleet.askAll<{ ID: string }>("/info");
  const found = answers.find(({ said }) => said.ID === engineId)?.machine.nodeId;
  const away = fleet.machines.find((machine) => machine.away);
  if (found || !away) return found;
  throw new UserError(`${away.host} is away (${away.away}), and all machines of the swarm must be there for a move`, {
    next: "Bring it back, or take it out of nodes: in understudy.yml; then run again",
  });
}

/** For people: `ssh://a → the swarm of ssh://a, ssh://b`. Pure. */
export function wayInWords({ from, to }: Pick<Journey, "from" | "to">): string {
  return `${placeInWords(from)} → ${placeInWords(to)}`;
}
