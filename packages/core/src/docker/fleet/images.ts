import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { type Exchange, handOn, linesOf, say } from "./exchange.ts";
import type { Fleet } from "./fleet.ts";
import { type Machine, MachineAway } from "./machine.ts";

interface Image {
  readonly Id: string;
}

/** Images that every machine has: the others cannot be run just anywhere. */
export async function listImages(fleet: Fleet, { path, url, ...exchange }: Exchange): Promise<void> {
  const answers = await fleet.askAll<Image[]>(url);
  const [first, ...others] = answers.map(({ said }) => said);
  const everywhere = (first ?? []).filter(({ Id }) => others.every((images) => images.some((one) => one.Id === Id)));
  say(exchange, 200, everywhere);
}

/** An image is there when every machine has the same. */
export async function inspectImage(fleet: Fleet, exchange: Exchange): Promise<void> {
  const found = await Promise.all(fleet.present.map((machine) => imageOn(machine, exchange.url)));
  const [first] = found;
  if (first && found.every((image) => image?.Id === first.Id)) return say(exchange, 200, first);
  say(exchange, 404, { message: "No such image on every machine of the swarm" });
}

/** Pull it, or load it, on every machine. What is told meanwhile is the first one's; a failure has its machine's name. */
export async function bringImage(fleet: Fleet, { asked, answer, method, url }: Exchange): Promise<void> {
  const { host: _, connection: __, ...headers } = asked.headers;
  const replies = await Promise.all(
    fleet.present.map(async (machine) => {
      const body = new PassThrough();
      asked.pipe(body);
      // One that fails reads no further, and must not hold up the others.
      const leave = () => {
        asked.unpipe(body);
        body.destroy();
      };
      const reply = await machine.send({ method, path: url, headers }, body).catch((error) => {
        leave();
        throw error;
      });
      reply.once("close", leave);
      return { host: machine.host, reply };
    }),
  );
  const [first, ...others] = replies;
  if (!first) throw new MachineAway("The swarm", "none of its machines is reached");
  const ends = others.map(async ({ host, reply }) => ({ host, failure: failureIn(reply, await text(reply)) }));
  const { statusCode = 502, headers: said } = first.reply;
  if (statusCode >= 400) {
    const message = `${first.host}: ${failureIn(first.reply, await text(first.reply))}`;
    await Promise.all(ends);
    return say({ answer }, statusCode, { message });
  }
  answer.writeHead(statusCode, { "content-type": said["content-type"] ?? "application/json" });
  for await (const line of linesOf(first.reply)) answer.write(`${inNameOf(first.host, line)}\n`);
  const failed = (await Promise.all(ends)).find(({ failure }) => failure);
  if (failed) answer.write(`${JSON.stringify({ error: `${failed.host}: ${failed.failure}` })}\n`);
  answer.end();
}

/** A line of an engine's answer, with the machine's name where it tells a failure. */
function inNameOf(host: string, line: string): string {
  try {
    const { error } = JSON.parse(line) as { error?: string };
    return error ? JSON.stringify({ error: `${host}: ${error}` }) : line;
  } catch {
    return line;
  }
}

/** Save it from a machine that has it. */
export async function saveImage(fleet: Fleet, exchange: Exchange, name: string): Promise<void> {
  for (const machine of fleet.present) {
    if (await imageOn(machine, `/images/${name}/json`)) return void (await handOn(exchange, machine));
  }
  say(exchange, 404, { message: `No such image: ${name}` });
}

/** Name or remove it on every machine that has it. */
export async function changeImage(fleet: Fleet, exchange: Exchange): Promise<void> {
  const { method, url } = exchange;
  const outcomes = await Promise.all(
    fleet.present.map((machine) =>
      machine.ask(url, { method }).then(
        (said) => ({ said }),
        (error: { statusCode?: number }) => ({ error }),
      ),
    ),
  );
  const done = outcomes.filter((outcome) => "said" in outcome);
  const failed = outcomes.flatMap((outcome) => ("error" in outcome ? [outcome.error] : []));
  const worse = failed.find(({ statusCode }) => statusCode !== 404) ?? (done.length ? undefined : failed[0]);
  if (worse) throw worse;
  say(exchange, method === "POST" ? 201 : 200, done[0]?.said ?? undefined);
}

async function imageOn(machine: Machine, path: string): Promise<Image | undefined> {
  try {
    return await machine.ask<Image>(path);
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

/** Engines begin to answer before they know how it ends. */
function failureIn({ statusCode = 0 }: IncomingMessage, said: string): string | undefined {
  const errors = said.split("\n").flatMap((line) => {
    try {
      const { error, message } = JSON.parse(line || "{}") as { error?: string; message?: string };
      return error ?? (statusCode >= 400 ? (message ?? said) : []);
    } catch {
      return [];
    }
  });
  return errors[0] ?? (statusCode >= 400 ? `it answers ${statusCode}` : undefined);
}
