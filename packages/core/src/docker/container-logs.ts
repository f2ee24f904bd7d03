import { createInterface } from "node:readline";
import { PassThrough, Readable } from "node:stream";
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
  const raw = await openLogs(engine.docker.getContainer(info.Id), window).catch((error) => {
    // The engine answers with the first line, which may never come.
    if (window.signal?.aborted) return undefined;
    throw error;
  });
  if (!raw) return;
  const stop = () => {
    (raw as Readable).destroy();
    lines.destroy();
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
    for await (const line of createInterface({ input: lines })) yield secrets.redact(line);
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
): Promise<NodeJS.ReadableStream> {
  const shared = {
    stdout: true,
    stderr: true,
    tail,
    timestamps,
    ...(since ? { since: since / 1_000 } : {}),
    abortSignal: signal,
  };
  if (follow) return await container.logs({ ...shared, follow: true });
  return Readable.from([await container.logs({ ...shared, follow: false })]);
}
