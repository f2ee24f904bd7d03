import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Start a program and give each line of both outputs to `onLine`; resolves with its exit code (or signal) once all was read. */
export async function runLines(
  command: readonly string[],
  onLine: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number | NodeJS.Signals> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const [ended] = await Promise.all([exitOf(child), eachLine(child.stdout, onLine), eachLine(child.stderr, onLine)]);
  return ended;
}

/** The same for `from | to`; what `to` prints is its answer. Both must end well. */
export async function runPipe(
  from: readonly string[],
  to: readonly string[],
  onLine: (line: string) => void,
): Promise<{ from: number | NodeJS.Signals; to: number | NodeJS.Signals; answer: string }> {
  const [source = "", ...sourceArgs] = from;
  const [sink = "", ...sinkArgs] = to;
  const producer = spawn(source, sourceArgs, { stdio: ["ignore", "pipe", "pipe"] });
  const consumer = spawn(sink, sinkArgs, { stdio: ["pipe", "pipe", "pipe"] });
  // A consumer that ends early is told by its exit code.
  consumer.stdin.on("error", () => producer.kill());
  producer.stdout.pipe(consumer.stdin);
  let answer = "";
  const [ended, consumed] = await Promise.all([
    exitOf(producer),
    exitOf(consumer),
    eachLine(producer.stderr, onLine),
    eachLine(consumer.stderr, onLine),
    eachLine(consumer.stdout, (line) => {
      answer = line;
    }),
  ]);
  return { from: ended, to: consumed, answer };
}

async function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return code ?? signal ?? 1;
}

async function eachLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) onLine(line);
}
