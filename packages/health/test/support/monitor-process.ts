import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { TestInstallation } from "../../../deploy/test/support/installation.ts";

/** `health:monitor` of an installation, as a process of its own. */
export class MonitorProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #port: number;
  #output = "";

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#port = port;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
      });
    }
  }

  /** Resolves when it serves its API. */
  static async start(installation: TestInstallation, port: number, ...flags: string[]): Promise<MonitorProcess> {
    const child = installation.start("health:monitor", "--listen", `127.0.0.1:${port}`, ...flags);
    const monitor = new MonitorProcess(child, port);
    for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
      if (
        await monitor.get("/healthz").then(
          () => true,
          () => false,
        )
      )
        return monitor;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the monitor did not start:\n${monitor.#output}`);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it printed. */
  get output(): string {
    return this.#output;
  }

  /** Resident memory, bytes. */
  get memory(): number {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.pid}/status`, "utf8"))?.[1]) * 1_024;
  }

  async get<T>(path: string): Promise<T> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await (answer.headers.get("content-type")?.includes("json") ? answer.json() : answer.text())) as T;
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** End it, and wait until it has. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.signal(signal);
      await once(this.#child, "close");
    }
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
  }
}
