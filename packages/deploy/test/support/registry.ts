import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./remote-host.ts";

/** A real container registry, which engines on loopback use without TLS, others where they are told so. */
export interface Registry extends AsyncDisposable {
  /** `<host>:<port>` */
  readonly address: string;
  /** Put an image of the local engine into it under another name, and forget that name locally. Returns the digest. */
  push(image: string, name: string): Promise<string>;
  stop(): Promise<void>;
}

/** Start Debian's docker-registry in a folder of its own, at an address of this machine. */
export async function startRegistry(host = "127.0.0.1"): Promise<Registry> {
  const program = "/usr/bin/docker-registry";
  if (!existsSync(program)) throw new Error("docker-registry is missing: ./understudy test installs it");
  const folder = mkdtempSync(join(tmpdir(), "understudy-registry-"));
  const address = `${host}:${await freePort()}`;
  const configuration = join(folder, "config.yml");
  writeFileSync(
    configuration,
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${folder}/data } }\nhttp: { addr: "${address}" }\n`,
  );
  const server = spawn("setpriv", ["--pdeathsig", "TERM", program, "serve", configuration], { stdio: "ignore" });
  const end = new Promise((resolve) => server.once("exit", resolve));
  const stop = async () => {
    server.kill();
    await end;
  };
  for (const deadline = Date.now() + 20_000; !(await isUp(address)); await sleep(100))
    if (Date.now() > deadline) throw new Error("the registry does not answer");
  return {
    address,
    push: async (image, name) => {
      const reference = `${address}/${name}`;
      execFileSync("docker", ["tag", image, reference]);
      execFileSync("docker", ["push", "--quiet", reference], { stdio: "pipe" });
      execFileSync("docker", ["rmi", reference], { stdio: "pipe" });
      const [repository, tag] = name.split(":");
      const answer = await fetch(`http://${address}/v2/${repository}/manifests/${tag}`, {
        headers: { accept: "application/vnd.docker.distribution.manifest.v2+json" },
      });
      return answer.headers.get("docker-content-digest") ?? "";
    },
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function isUp(address: string): Promise<boolean> {
  return await fetch(`http://${address}/v2/`).then(
    ({ ok }) => ok,
    () => false,
  );
}
