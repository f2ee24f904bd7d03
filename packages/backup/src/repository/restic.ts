import { type PipedExec, type VolumeBox, writeTo } from "@understudy/data";
import { enter } from "./box.ts";
import { codes, type Ended, endedOf, failureOf } from "./failure.ts";
import { guarded } from "./guarded.ts";
import { statusOf } from "./messages.ts";
import { progressLine } from "./progress-line.ts";

/** Hears how far it is, about once a second: `42 %, 1.2 GB of 3.0 GB, 12 s left`. */
export type Report = (line: string) => void;

/** A text, or bytes as they come. */
export type Input = string | AsyncIterable<Buffer>;

export interface RunOptions {
  /** For descriptor 3. */
  readonly input?: Input;
  readonly report?: Report | undefined;
  /** Codes that are no failure; 0 unless told. */
  readonly accept?: readonly number[];
  /** s; none unless told. */
  readonly limit?: number;
}

/** A stored file, and the script that takes it. */
export interface TakingScript {
  readonly snapshot: string;
  readonly name: string;
  readonly script: string;
  /** Seen by others: nothing secret. */
  readonly args?: readonly string[];
  /** What the script reads on descriptor 3. */
  readonly input?: string;
}

/** Restic, in the box that it runs in. */
export class Restic {
  readonly #box: VolumeBox;
  readonly #command: string;
  readonly #where: string;

  /** @param command restic's command line up to its own command, for bash. @param where the repository, for people. */
  constructor(box: VolumeBox, command: string, where: string) {
    this.#box = box;
    this.#command = command;
    this.#where = where;
  }

  /** Run one of restic's commands. @throws UserError in its words, or in those of a program that it started. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const ended = await this.#run(args, options);
    if (ended.code !== codes.locked) return this.#accept(ended, options.accept);
    // Perhaps by a run that was killed: only such locks does it remove.
    await this.#run(["unlock"], {});
    return this.#accept(await this.#run(args, options), options.accept);
  }

  /**
   * Give a stored file to a bash script, as its standard input. @returns what the script printed.
   * @throws UserError in the words of the end that failed first.
   */
  async dump({ snapshot, name, script, args = [], input = "" }: TakingScript): Promise<string> {
    const piped = await this.#box.exec(`${enter}\n${dumpInto(this.#command)}`, [
      snapshot,
      `/${name}`,
      strict(script),
      ...args,
    ]);
    piped.input.end(input);
    const chunks: Buffer[] = [];
    for await (const chunk of piped.output()) chunks.push(chunk);
    const { exitCode, stderr } = await piped.ended();
    this.#accept(endedOf([], exitCode, stderr));
    return Buffer.concat(chunks).toString();
  }

  async #run(args: readonly string[], { input = "", report, limit }: RunOptions): Promise<Ended> {
    const timed = limit ? `timeout --kill-after=5 ${limit} ` : "";
    const piped = await this.#box.exec(`${enter}\n${guarded(`${timed}${this.#command}`)}`, args);
    const fed = feed(piped, input);
    // Told below, once its output has ended.
    fed.catch(() => {});
    const lines: string[] = [];
    for await (const line of linesOf(piped.output())) {
      const status = statusOf(line);
      if (status) report?.(progressLine(status));
      else lines.push(line);
    }
    const { exitCode, stderr } = await piped.ended();
    await fed;
    return endedOf(lines, exitCode, stderr);
  }

  /** A stored file, as it comes. @throws UserError in restic's words when it ends early. */
  async *read(snapshot: string, name: string): AsyncGenerator<Buffer> {
    const piped = await this.#box.exec(`${enter}\n${this.#command} dump "$1" "$2"`, [snapshot, `/${name}`]);
    piped.input.end();
    yield* piped.output();
    const { exitCode, stderr } = await piped.ended();
    this.#accept(endedOf([], exitCode, stderr));
  }

  #accept(ended: Ended, accepted: readonly number[] = [codes.done]): Ended {
    if (!accepted.includes(ended.code)) throw failureOf(this.#where, ended);
    return ended;
  }
}

/** Give a command its input, as fast as it reads. One that ends early says itself why. @throws what the input throws */
async function feed({ input }: PipedExec, given: Input): Promise<void> {
  if (typeof given === "string") {
    input.end(given);
    return;
  }
  try {
    for await (const chunk of given) {
      if (!input.writable) return;
      await writeTo(input, chunk);
    }
    input.end();
  } catch (error) {
    // Its output fails with the same.
    input.destroy(error as Error);
    throw error;
  }
}

/** 141: the script had what it wanted, and closed the pipe. */
const dumpInto = (restic: string) => `set +e
${restic} dump "$1" "$2" | bash -c "$3" bash "\${@:4}"
codes=("\${PIPESTATUS[@]}")
if [ "\${codes[0]}" != 0 ] && [ "\${codes[0]}" != 141 ]; then exit "\${codes[0]}"; fi
exit "\${codes[1]}"`;

/** A bash script that ends at its first failure, and speaks for itself. */
export function strict(script: string): string {
  return `set -euo pipefail; exec 2>&4 4>&-\n${script}`;
}

async function* linesOf(output: AsyncIterable<Buffer>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of output) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest) yield rest;
}
