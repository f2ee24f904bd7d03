import { type Exchange, linesOf, say } from "./exchange.ts";
import type { Fleet } from "./fleet.ts";

/** What a manager says of its engine, with the processors and the memory of all machines. */
export async function info(fleet: Fleet, exchange: Exchange): Promise<void> {
  type Info = { NCPU: number; MemTotal: number };
  const [own, { nodes }] = await Promise.all([fleet.askManager<Info>("/info"), fleet.look()]);
  const usable = nodes.filter(({ state, availability }) => state === "ready" && availability === "active");
  const sum = (of: (node: (typeof nodes)[number]) => number) => usable.reduce((total, node) => total + of(node), 0);
  say(exchange, 200, { ...own, NCPU: sum(({ cores }) => cores), MemTotal: sum(({ memory }) => memory) });
}

/** What takes room, on all machines. */
export async function diskUse(fleet: Fleet, exchange: Exchange): Promise<void> {
  type Use = Record<string, unknown[] | number | null>;
  const all = (await fleet.askAll<Use>("/system/df")).map(({ said }) => said);
  const names = [...new Set(all.flatMap(Object.keys))];
  const together = (name: string) => {
    const values = all.map((one) => one[name]);
    if (values.some(Array.isArray)) return values.flatMap((value) => (Array.isArray(value) ? value : []));
    return values.reduce<number>((total, value) => total + (typeof value === "number" ? value : 0), 0);
  };
  say(exchange, 200, Object.fromEntries(names.map((name) => [name, together(name)])));
}

/** The events of all machines, line by line as they come. */
export async function events(fleet: Fleet, { asked, answer, url }: Exchange): Promise<void> {
  const replies = await Promise.all(fleet.present.map((machine) => machine.send({ path: url })));
  answer.once("close", () => {
    for (const reply of replies) reply.destroy();
  });
  answer.writeHead(200, { "content-type": "application/json" }).flushHeaders();
  asked.resume();
  const ends = replies.map(async (reply) => {
    for await (const line of linesOf(reply)) answer.write(`${line}\n`);
  });
  await Promise.allSettled(ends);
  answer.end();
}
