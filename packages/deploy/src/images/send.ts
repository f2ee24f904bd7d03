import { pipeline, Transform } from "node:stream";
import { createGzip } from "node:zlib";
import { type Engine, type ImageInspectInfo, messageOf, statusOf, UserError } from "@understudy/core";
import type { ResolvedImage } from "@understudy/environment";
import { readEvents } from "./read-events.ts";
import { findImage } from "./resolve.ts";
import { TransferProgress } from "./transfer-progress.ts";

/**
 * Copy an image from one engine to another as a compressed stream: nothing is kept in between. Returns it as the other
 * engine knows it: its id may differ there, because engines name images by their content or by their manifest.
 * @throws UserError when it does not arrive whole.
 */
export async function sendImage(
  from: Engine,
  to: Engine,
  reference: string,
  report: (line: string) => void,
): Promise<ResolvedImage> {
  const image = await from.docker.getImage(reference).inspect();
  const there = await arrived(to, reference, image);
  if (there) return there;
  try {
    await transfer(from, to, reference, image.Size, report);
  } catch (error) {
    throw explainSend(to, reference, error);
  }
  const sent = await arrived(to, reference, image);
  if (sent) return sent;
  throw new UserError(`Image ${reference} did not arrive whole at ${to.host}`, { next: "Run again" });
}

async function transfer(from: Engine, to: Engine, reference: string, size: number, report: (line: string) => void) {
  const progress = new TransferProgress("sending", (line) => report(`${reference}: ${line}`));
  let read = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      read += chunk.length;
      progress.at(read, size);
      done(null, chunk);
    },
  });
  const saved = await from.docker.getImage(reference).get();
  // Level 1: faster than most lines between a laptop and a server, and half the bytes.
  const packed = pipeline(saved, counted, createGzip({ level: 1 }), () => {});
  try {
    await readEvents(await to.docker.loadImage(packed as unknown as NodeJS.ReadableStream));
  } finally {
    packed.destroy();
  }
}

/** The image on an engine if it is the same as here: same layers, same recipe. */
async function arrived(engine: Engine, reference: string, image: ImageInspectInfo): Promise<ResolvedImage | undefined> {
  try {
    const found = await engine.docker.getImage(reference).inspect();
    return contentOf(found) === contentOf(image) ? await findImage(engine, reference) : undefined;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

function contentOf({ RootFS, Config }: ImageInspectInfo): string {
  return JSON.stringify([RootFS.Layers, Config.Labels?.["understudy.recipe"]]);
}

function explainSend(to: Engine, reference: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const said = messageOf(error);
  if (/no space left on device/i.test(said)) {
    const machine = to.fleet?.machines.find(({ host }) => said.startsWith(`${host}: `));
    return new UserError(`The disk of ${machine?.host ?? to.host} filled up while ${reference} was sent`, {
      next: "Free some room there (docker system df) and run again",
      cause: error,
    });
  }
  return new UserError(`Image ${reference} could not be sent to ${to.host}: ${said}`, {
    next: "Check the host's disk and connection, and run again",
    cause: error,
  });
}
