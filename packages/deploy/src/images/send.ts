import { Transform } from "node:stream";
import { type Engine, messageOf, UserError } from "@understudy/core";
import { findImage } from "./resolve.ts";

/** Copy an image from one engine to another as a stream: nothing is kept in between. `id` must arrive unchanged. */
export async function sendImage(
  from: Engine,
  to: Engine,
  reference: string,
  id: string,
  report: (line: string) => void,
): Promise<void> {
  if ((await findImage(to, reference))?.id === id) return;
  const { Size } = await from.docker.getImage(reference).inspect();
  let sent = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      report(`${reference}: sending ${Math.round(sent / 1_048_576)} of about ${Math.round(Size / 1_048_576)} MiB`);
      done(null, chunk);
    },
  });
  const stream = await from.docker.getImage(reference).get();
  try {
    const answer = await to.docker.loadImage(stream.pipe(counted));
    await new Promise<void>((resolve, reject) =>
      to.docker.modem.followProgress(answer, (error) => (error ? reject(error) : resolve())),
    );
  } catch (error) {
    throw new UserError(`Image ${reference} could not be sent to ${to.host}: ${messageOf(error)}`, {
      next: "Check the host's disk and connection, and run again",
      cause: error,
    });
  }
  if ((await findImage(to, reference))?.id !== id) {
    throw new UserError(`Image ${reference} did not arrive whole at ${to.host}`, { next: "Run again" });
  }
}
