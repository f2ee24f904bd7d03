import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** What the host gives for a path: a file, a status, or nothing at all for ever. */
export type Answer = Buffer | string | number | "hang";

export interface DownloadHost extends AsyncDisposable {
  readonly base: string;
  readonly asked: string[];
}

/** A stand-in for Pulumi's download host, on loopback. */
export async function downloadHost(answers: Record<string, Answer>): Promise<DownloadHost> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const answer = answers[path] ?? 404;
    if (answer === "hang") return;
    if (typeof answer === "number") response.writeHead(answer).end();
    else response.end(answer);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** A .tar.gz with executable files of the given content. */
export function archive(files: Record<string, string>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "understudy-archive-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content, { mode: 0o755 });
    }
    execFileSync("tar", ["-czf", join(folder, "archive.tar.gz"), "-C", folder, ...Object.keys(files)]);
    return readFileSync(join(folder, "archive.tar.gz"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
