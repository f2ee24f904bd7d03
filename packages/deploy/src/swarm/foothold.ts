import { type Engine, exec, label, startAttached } from "@understudy/core";
import { type KernelFeatures, kernelScript, readKernel } from "./kernel.ts";

/** How long one machine may take to answer another, seconds. */
const connectSeconds = 5;

/** A container on a machine's own network, that lives as long as this process: what it sees, the machine sees. */
export interface Foothold extends AsyncDisposable {
  /** The machine's own addresses, of every interface but loopback. */
  addresses(): Promise<string[]>;
  /** What a name leads to on that machine; undefined: it does not know it. */
  resolve(name: string): Promise<string | undefined>;
  kernel(): Promise<KernelFeatures>;
  /** Whether a TCP connection to another machine comes about. */
  reaches(address: string, port: number): Promise<boolean>;
}

/** @param toolbox an image that the engine has */
export async function openFoothold(engine: Engine, environment: string, toolbox: string): Promise<Foothold> {
  const { id, stream } = await startAttached(engine, {
    Image: toolbox,
    Cmd: ["cat"],
    Labels: { [label.environment]: environment },
    // Its kernel's modules are listed there.
    HostConfig: { NetworkMode: "host", Memory: 268_435_456, Binds: ["/lib:/host/lib:ro"] },
  });
  stream.on("error", () => {}).resume();
  const run = (...command: string[]) => exec(engine, id, command);
  return {
    addresses: async () => (await run("hostname", "-I")).stdout.trim().split(/\s+/).filter(Boolean),
    resolve: async (name) => (await run("getent", "ahosts", name)).stdout.split(/\s/)[0] || undefined,
    kernel: async () => readKernel((await run("sh", "-c", kernelScript("/host"))).stdout),
    reaches: async (address, port) => {
      const host = address.includes(":") ? `[${address}]` : address;
      const { exitCode } = await run(
        "socat",
        "-u",
        "/dev/null",
        `TCP:${host}:${port},connect-timeout=${connectSeconds}`,
      );
      return exitCode === 0;
    },
    [Symbol.asyncDispose]: async () => {
      stream.end();
      await engine.docker
        .getContainer(id)
        .remove({ force: true })
        .catch(() => {});
    },
  };
}
