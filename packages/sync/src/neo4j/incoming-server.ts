import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type ContainerInspectInfo,
  type Engine,
  label,
  messageOf,
  startAttached,
  statusOf,
  UserError,
} from "@understudy/core";
import { createIncomingVolume, type Graph, openGraph, removeContainer, untilInputEnds } from "@understudy/data";
import type { Reach } from "@understudy/environment";

export interface IncomingServerOptions {
  readonly engine: Engine;
  readonly reach: Reach;
  /** Staging's own Neo4j: its image, its settings and its password. */
  readonly like: ContainerInspectInfo;
  /** Staging's live volume. */
  readonly live: string;
  readonly stackName: string;
  readonly environment: string;
  /** A Docker network by which it is reached. */
  readonly network: string;
}

/** A Neo4j on a fresh volume, that lives no longer than this process. */
export interface IncomingServer extends AsyncDisposable {
  readonly graph: Graph;
  /** The volume that it writes to; it stays. */
  readonly volume: string;
  /** Let it end well, so that its volume can be used. @throws UserError when it does not. */
  stop(): Promise<void>;
}

const boltPort = 7687;
/** ms. */
const startPatience = 180_000;
const stopPatience = 120_000;

/**
 * Start a Neo4j like staging's own on a fresh volume beside the live one.
 * @throws UserError with its last words when it does not come up.
 */
export async function startIncomingServer(options: IncomingServerOptions): Promise<IncomingServer> {
  const { engine, reach, like, live, stackName, environment, network } = options;
  const volume = await createIncomingVolume(engine, { live, stackName, environment });
  const image = await engine.docker.getImage(like.Image).inspect();
  const words = [...[image.Config.Entrypoint ?? []].flat(), ...[image.Config.Cmd ?? []].flat()];
  const { id, stream } = await startAttached(engine, {
    Image: like.Image,
    ...untilInputEnds(words),
    Env: like.Config.Env.filter((variable) => variable.startsWith("NEO4J_")),
    Labels: { [label.environment]: environment, [label.incoming]: stackName },
    HostConfig: {
      NetworkMode: network,
      Memory: like.HostConfig.Memory ?? 0,
      Mounts: [{ Type: "volume", Source: volume, Target: "/data" }],
    },
  });
  const said = lastWords(engine, stream);
  const remove = async () => {
    stream.destroy();
    await removeContainer(engine, id);
  };
  try {
    const graph = await whenUp(engine, reach, id, like, said);
    const close = async () => {
      await graph[Symbol.asyncDispose]();
      await remove();
    };
    return {
      graph,
      volume,
      stop: async () => {
        await graph[Symbol.asyncDispose]();
        const gone = engine.docker.getContainer(id).wait({ condition: "removed" });
        stream.end();
        const ended = await Promise.race([gone, sleep(stopPatience, undefined, { ref: false })]);
        if (ended?.StatusCode === 0 || ended?.StatusCode === 143) return;
        await remove();
        throw new UserError(`The Neo4j of the copy did not end well: ${said()}`);
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function whenUp(
  engine: Engine,
  reach: Reach,
  id: string,
  like: ContainerInspectInfo,
  said: () => string,
): Promise<Graph> {
  const auth =
    like.Config.Env.find((variable) => variable.startsWith("NEO4J_AUTH="))?.slice("NEO4J_AUTH=".length) ?? "";
  const [user = "", password = ""] = auth.split(/\/(.*)/s);
  const deadline = Date.now() + startPatience;
  for (;;) {
    try {
      const info = await engine.docker.getContainer(id).inspect();
      return await openGraph({ ...(await reach.address(info, boltPort)), user, password });
    } catch (error) {
      const ended = statusOf(error) === 404 || /does not run/.test(messageOf(error));
      if (ended || Date.now() > deadline) {
        throw new UserError(`The Neo4j of the copy does not come up: ${said() || messageOf(error)}`, { cause: error });
      }
      await sleep(500);
    }
  }
}

/** Keeps the last of what a container prints. */
function lastWords(engine: Engine, stream: NodeJS.ReadWriteStream): () => string {
  let kept = "";
  const output = new PassThrough().on("data", (chunk: Buffer) => {
    kept = (kept + chunk.toString()).slice(-4_096);
  });
  engine.docker.modem.demuxStream(stream, output, output);
  return () => kept.trim().split("\n").slice(-3).join("; ");
}
