import { Duplex, PassThrough } from "node:stream";
import type { Engine } from "./engine.ts";

export interface ExecResult {
  readonly exitCode: number;
  /** At most the last 64 KiB of each, or what `keep` says. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecOptions {
  readonly stdin?: string;
  /** ms; afterwards the result is exit code 124, as of timeout(1). The process in the container is left to end. */
  readonly timeout?: number;
  readonly user?: string;
  /** How much of the output is kept, characters. */
  readonly keep?: number;
}

/** Run a command in a running container and collect what it prints. */
export async function exec(
  engine: Engine,
  container: string,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { keep = 64 * 1_024 } = options;
  const { stream, inspect } = await attach(engine, container, command, options.user);
  const collected = { stdout: "", stderr: "" };
  const collect = (name: keyof typeof collected) =>
    new PassThrough({ encoding: "utf8" }).on("data", (text: string) => {
      collected[name] = (collected[name] + text).slice(-keep);
    });
  const [stdout, stderr] = [collect("stdout"), collect("stderr")];
  engine.docker.modem.demuxStream(stream, stdout, stderr);
  stream.end(options.stdin ?? "");
  const ended = await endOf(stream, options.timeout).catch(async (error) => {
    await inspect(); // Says it better when the connection is gone.
    throw error;
  });
  if (!ended) return { exitCode: 124, ...collected };
  return { exitCode: (await inspect()) ?? 1, ...collected };
}

/** A byte stream to a command's input and output in a container, e.g. `socat - TCP:…`. */
export async function execStream(engine: Engine, container: string, command: readonly string[]): Promise<Duplex> {
  const { stream } = await attach(engine, container, command);
  const output = new PassThrough();
  engine.docker.modem.demuxStream(stream, output, new PassThrough().resume());
  stream.once("end", () => output.end());
  stream.once("close", () => output.end());
  stream.once("error", (error) => output.destroy(error));
  const duplex = Duplex.from({ readable: output, writable: stream });
  return duplex.once("close", () => stream.destroy());
}

async function attach(engine: Engine, container: string, command: readonly string[], user?: string) {
  const created = await engine.docker.getContainer(container).exec({
    Cmd: [...command],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    ...(user ? { User: user } : {}),
  });
  const stream: Duplex = await created.start({ hijack: true, stdin: true });
  return { stream, inspect: async () => (await created.inspect()).ExitCode };
}

function endOf(stream: Duplex, timeout: number | undefined): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = timeout ? setTimeout(() => finish(false), timeout) : undefined;
    const finish = (ended: boolean) => {
      clearTimeout(timer);
      if (!ended) stream.destroy();
      resolve(ended);
    };
    stream.once("end", () => finish(true));
    stream.once("close", () => finish(true));
    stream.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}
