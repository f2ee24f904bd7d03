import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ConnectOptions } from "../../packages/postgres/src/index.ts";
import { cpuSeconds, frugal, peakMegabytes } from "./usage.ts";

/** A sync server in a process of its own. */
export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #peak: () => number;

  static async start(postgres: ConnectOptions): Promise<ServerProcess> {
    const child = spawn(
      process.execPath,
      [...frugal, join(import.meta.dirname, "../../packages/records/test/support/server-process.ts")],
      {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, RECORDS_TEST_POSTGRES: JSON.stringify(postgres) },
      },
    );
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const url = await new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    });
    return new ServerProcess(child, url);
  }

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    this.#peak = peakMegabytes(child.pid ?? 0);
  }

  peakMegabytes(): number {
    return this.#peak();
  }

  cpuSeconds(): number {
    return cpuSeconds(this.#child.pid ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }
}
