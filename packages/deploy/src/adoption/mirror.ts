import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { connectEngine, type Engine } from "@understudy/core";

/** A Docker engine that shows what there is, says of what is to be made that it was, and changes nothing. */
export interface Mirror extends AsyncDisposable {
  /** A connection to it; its `dockerHost` is for child processes. */
  readonly engine: Engine;
}

/** What the engine's provider does to a container once it was made. */
const done: Readonly<Record<string, number>> = { start: 204, connect: 200, disconnect: 200, archive: 200 };

/**
 * Stand in front of an engine, so that Pulumi can write down as its own what runs already: its provider asks to create a container and
 * is given the one that there is. Only questions reach the engine behind.
 * @param names the name that each container is to have, by its id: it is shown under that
 */
export async function openMirror(behind: Engine, names: ReadonlyMap<string, string>): Promise<Mirror> {
  const folder = mkdtempSync(join(tmpdir(), "understudy-"));
  const socket = join(folder, "docker.sock");
  const server = createServer((asked, answer) => {
    respond(behind, names, asked, answer).catch((error: Error) => say(answer, 502, { message: error.message }));
  });
  await once(server.listen(socket), "listening");
  const engine = await connectEngine(`unix://${socket}`);
  return {
    engine,
    [Symbol.asyncDispose]: async () => {
      await engine.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function respond(
  behind: Engine,
  names: ReadonlyMap<string, string>,
  asked: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(asked.url ?? "/", "http://engine");
  const [kind = "", name = "", action = ""] = pathname
    .replace(/^\/v[\d.]+/, "")
    .split("/")
    .slice(1);
  if (asked.method === "GET" || asked.method === "HEAD") {
    if (asked.method === "HEAD" || kind !== "containers" || (name !== "json" && action !== "json"))
      return forward(behind, asked, answer);
    return say(answer, ...(await renamed(behind, names, asked)));
  }
  if (asked.method === "POST" && name === "create") {
    const body = kind === "containers" ? { Name: searchParams.get("name") } : ((await json(asked)) as { Name: string });
    const found = await existing(behind, names, kind, body.Name ?? "");
    if (found) return say(answer, 201, found);
  }
  const status = done[action];
  if (status === undefined)
    return say(answer, 403, { message: `an adoption changes nothing: ${asked.method} ${pathname}` });
  asked.resume();
  await once(asked, "end");
  answer.writeHead(status).end();
}

/** What a creation answers. */
async function existing(
  { docker }: Engine,
  names: ReadonlyMap<string, string>,
  kind: string,
  name: string,
): Promise<object | undefined> {
  if (kind === "volumes") return await docker.getVolume(name).inspect();
  if (kind === "networks") return { Id: (await docker.getNetwork(name).inspect()).Id, Warning: "" };
  const id = [...names].find(([, one]) => one === name)?.[0];
  return id === undefined ? undefined : { Id: id, Warnings: [] };
}

/** Containers as they will be: called by their names, and with a restart policy where the engine goes by none. */
async function renamed(
  behind: Engine,
  names: ReadonlyMap<string, string>,
  asked: IncomingMessage,
): Promise<[number, unknown]> {
  const reply = await ask(behind, asked);
  const said = await json(reply);
  const asItWillBe = (one: Shown) => {
    const name = names.get(one.Id ?? "");
    if (!name) return one;
    if ("Names" in one) return { ...one, Names: [`/${name}`] };
    const policy = one.HostConfig?.RestartPolicy;
    const HostConfig = { ...one.HostConfig, RestartPolicy: { ...policy, Name: policy?.Name || "no" } };
    return { ...one, Name: `/${name}`, HostConfig };
  };
  return [reply.statusCode ?? 502, Array.isArray(said) ? said.map(asItWillBe) : asItWillBe(said as Shown)];
}

/** A container as the engine lists or describes it. */
interface Shown {
  readonly Id?: string;
  readonly HostConfig?: { readonly RestartPolicy?: { readonly Name?: string } };
}

async function forward(behind: Engine, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  const reply = await ask(behind, asked);
  answer.writeHead(reply.statusCode ?? 502, reply.headers);
  reply.pipe(answer);
}

async function ask({ dockerHost }: Engine, { method, url, headers }: IncomingMessage): Promise<IncomingMessage> {
  const to = dockerHost.startsWith("unix://")
    ? { socketPath: dockerHost.slice("unix://".length) }
    : { host: new URL(dockerHost).hostname, port: new URL(dockerHost).port || 2_375 };
  const asking = request({ ...to, method, path: url, headers });
  const [reply] = (await once(asking.end(), "response")) as [IncomingMessage];
  return reply;
}

function say(answer: ServerResponse, status: number, body: unknown): void {
  answer.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
