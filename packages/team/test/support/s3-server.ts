import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../deploy/test/support/remote-host.ts";

const version = "5.2.5";

/** A server on loopback that speaks S3, and forgets everything at its end: moto, from PyPI. */
export interface S3Server extends AsyncDisposable {
  readonly url: string;
  readonly bucket: string;
}

export async function startS3(): Promise<S3Server> {
  const port = await freePort();
  const moto = ["python3", "-m", "moto.server", "--host", "127.0.0.1", "--port", String(port)];
  const server = spawn("setpriv", ["--pdeathsig", "TERM", ...moto], {
    stdio: "ignore",
    env: { ...process.env, PYTHONPATH: installedMoto() },
  });
  const url = `http://127.0.0.1:${port}`;
  const bucket = "shop-team";
  // Its first start compiles half a minute long.
  for (let tries = 0; ; tries++) {
    const made = await fetch(`${url}/${bucket}`, { method: "PUT" }).catch(() => undefined);
    if (made?.ok) break;
    if (tries > 900) throw new Error(`moto does not answer at ${url}: ${made?.status ?? "nothing"}`);
    await sleep(100);
  }
  return {
    url,
    bucket,
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill();
      await ended;
    },
  };
}

/** Installed once, beside the toolchain. @returns its folder */
function installedMoto(): string {
  const cache = process.env.UNDERSTUDY_CACHE ?? join(homedir(), ".cache/understudy");
  const folder = join(cache, `moto-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const making = mkdtempSync(`${folder}-`);
  try {
    execFileSync("python3", ["-m", "pip", "install", "--quiet", "--target", making, `moto[server,s3]==${version}`]);
    renameSync(making, folder);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}
