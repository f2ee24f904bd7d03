import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { frugal, peakMegabytes } from "./usage.ts";

/** A node in a process of its own, as nodes are. */
export class NodeProcess {
  /** The most memory that it had so far. */
  readonly peakMegabytes: () => number;
  readonly #child: ChildProcess;

  /** @param isNew it has never met the server until it is told to exchange */
  static async start(database: string, url: string, code: string, isNew = false): Promise<NodeProcess> {
    const script = join(import.meta.dirname, "node.ts");
    const child = spawn(process.execPath, [...frugal, script, database, url, code, ...(isNew ? ["new"] : [])], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const node = new NodeProcess(child);
    await Promise.race([once(child.stdout ?? child, "data"), node.#ended()]);
    return node;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.peakMegabytes = peakMegabytes(child.pid ?? 0);
  }

  /** Exchange until nothing is left, and end. */
  async exchange(): Promise<void> {
    const ended = this.#ended();
    this.#child.stdin?.end("go\n");
    await ended;
  }

  async #ended(): Promise<void> {
    const [code] = await once(this.#child, "close");
    if (code !== 0) throw new Error(`a node ended with ${code}`);
  }
}
