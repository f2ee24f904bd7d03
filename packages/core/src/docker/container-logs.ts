import { createInterface } from "node:readline";
import { PassThrough, Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Container, ContainerInspectInfo } from "dockerode";
import { secrets } from "../redact.ts";
import type { Engine } from "./engine.ts";

export interface LogWindow {
  /** Go on as new lines come, until the container ends or `signal` says stop. */
  readonly follow: boolean;
  /** Lines from the end to begin with. */
  readonly tail: number;
  /** Nothing from before; ms since the epoch. */
  readonly since?: number;
  /** Begin each line with the engine's time of it, RFC 3339, and a space. */
  readonly timestamps?: boolean;
  readonly signal?: AbortSignal;
}

/** Yield what a container printed, line by line, secrets redacted. */
export async function* containerLines(
  engine: Engine,
  info: ContainerInspectInfo,
  window: LogWindow,
): AsyncGenerator<string> {
  const lines = new PassThrough();
  const opened = await openLogs(engine.docker.getContainer(info.Id), window).catch((error) => {
    // The engine answers with the first line, which may never come.
    if (window.signal?.aborted) return undefined;
    throw error;
  });
  if (!opened) return;
  const raw = opened.pipe(inPieces());
  // Nothing is said to a pipe's end when its beginning breaks off.
  opened.once("close", () => raw.end()).once("error", (error) => raw.destroy(error));
  const reader = createInterface({ input: lines });
  const stop = () => {
    opened.destroy();
    lines.destroy();
    // It waits for an end, which what is destroyed has not.
    reader.close();
  };
  window.signal?.addEventListener("abort", stop, { once: true });
  if (info.Config.Tty) void pipeline(raw, lines).catch((error) => lines.destroy(error));
  else {
    engine.docker.modem.demuxStream(raw, lines, lines);
    raw.once("end", () => lines.end());
    raw.once("close", () => lines.end());
    raw.once("error", (error) => lines.destroy(error));
  }
  try {
    for await (const line of reader) yield secrets.redact(line);
  } catch (error) {
    if (!window.signal?.aborted) throw error;
  } finally {
    window.signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** The last lines that a container printed, redacted. */
export async function lastLogLines(engine: Engine, container: string, count: number): Promise<string[]> {
  const info = await engine.docker.getContainer(container).inspect();
  return await Array.fromAsync(containerLines(engine, info, { follow: false, tail: count }));
}

async function openLogs(
  container: Container,
  { follow, tail, since, timestamps = false, signal }: LogWindow,
): Promise<Readable> {
  const shared = {
    stdout: true,
    stderr: true,
    tail,
    timestamps,
    ...(since ? { since: since / 1_000 } : {}),
    abortSignal: signal,
  };
  if (follow) return (await container.logs({ ...shared, follow: true })) as Readable;
  return Readable.from([await container.logs({ ...shared, follow: false })]);
}

/** Bytes. docker-modem takes a chunk apart line by line, each one deeper: thousands of lines at once are too deep for it. */
const piece = 8_192;

function inPieces(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length; at += piece) this.push(chunk.subarray(at, at + piece));
      done();
    },
  });
}
