import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "@understudy/core";

/** A command in a running container, with pipes that flow only as fast as they are read. */
export interface PipedExec {
  /** Its standard input. End it. */
  readonly input: Writable;
  /** What it prints; once. Stopping early ends the connection. */
  output(): AsyncIterable<Buffer>;
  /** Once its output was read to the end. */
  ended(): Promise<{ readonly exitCode: number; readonly stderr: string }>;
}

/** Bytes. */
const frameHeader = 8;
const keptErrors = 8_192;
const stdoutType = 1;

export async function execPiped(engine: Engine, container: string, command: readonly string[]): Promise<PipedExec> {
  const exec = await engine.docker
    .getContainer(container)
    .exec({ Cmd: [...command], AttachStdin: true, AttachStdout: true, AttachStderr: true });
  const socket = (await exec.start({ hijack: true, stdin: true })) as Socket;
  // Whoever writes or reads is told of it.
  socket.on("error", () => {});
  let stderr = "";
  return {
    input: socket,
    output: () =>
      frames(socket, (text) => {
        stderr = (stderr + text).slice(-keptErrors);
      }),
    ended: async () => {
      for (;;) {
        const { Running, ExitCode } = await exec.inspect();
        // The engine closes the connection before it notes the end.
        if (!Running) return { exitCode: ExitCode ?? 1, stderr };
        await sleep(20);
      }
    },
  };
}

/**
 * Write no faster than the other side reads. Not by `pipeline`: it waits for ever for an end that the other side made first.
 * @throws Error when the other side has closed.
 */
export async function writeTo(input: Writable, chunk: Buffer): Promise<void> {
  if (!input.writable) throw new Error("the receiving side has closed");
  if (input.write(chunk)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      input.off("drain", done).off("close", done);
      resolve();
    };
    input.on("drain", done).on("close", done);
  });
}

/** What comes on standard output, out of the engine's frames: type, three zeros, length, content. */
async function* frames(socket: Socket, onError: (text: string) => void): AsyncIterable<Buffer> {
  let header: Buffer = Buffer.alloc(0);
  let left = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; ) {
      if (left === 0) {
        const more = chunk.subarray(at, at + frameHeader - header.length);
        header = Buffer.concat([header, more]);
        at += more.length;
        if (header.length < frameHeader) break;
        left = header.readUInt32BE(4);
      }
      const part = chunk.subarray(at, at + left);
      at += part.length;
      left -= part.length;
      if (header[0] === stdoutType) yield part;
      else onError(part.toString());
      if (left === 0) header = Buffer.alloc(0);
    }
  }
}
