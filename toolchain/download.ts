/**
 * Fetches one archive for ./understudy: `node download.ts <url> <checksum list url> <directory>`.
 * Exit codes: 0 done; 3 no answer or no such file (the launcher then builds instead); 1 anything that is not safe.
 * Uses nothing but Node's built-ins: the dependencies may not be installed yet.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { basename, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

const NO_ANSWER_MS = 5_000;
const STALL_MS = 30_000;
const UNAVAILABLE = 3;

const [url, checksumsUrl, directory] = process.argv.slice(2);
if (!url || !checksumsUrl || !directory) throw new Error("usage: download.ts <url> <checksum list url> <directory>");
process.exitCode = await download(url, checksumsUrl, directory);

async function download(from: string, checksumsFrom: string, into: string): Promise<number> {
  const name = basename(new URL(from).pathname);
  const file = join(into, name);
  try {
    await fetchTo(from, file);
  } catch (error) {
    say(`${new URL(from).host} does not give ${name}: ${reason(error)}`);
    return UNAVAILABLE;
  }
  const expected = await publishedChecksum(checksumsFrom, name);
  if (expected === undefined) {
    say(`${name}: no checksum is published beside it; it is trusted by its host's certificate alone`);
    return 0;
  }
  const actual = await sha256(file);
  if (actual === expected) return 0;
  say(`${name} is not what its host's checksum says: expected ${expected}, got ${actual}. Nothing of it was installed`);
  return 1;
}

/** Gives up when the host does not start to answer in 5 s, or sends nothing for 30 s. */
async function fetchTo(from: string, file: string): Promise<void> {
  const controller = new AbortController();
  let timer = giveUpAfter(NO_ANSWER_MS);
  try {
    const response = await fetch(from, { signal: controller.signal });
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    const alive = new Transform({
      transform(chunk, _encoding, done) {
        clearTimeout(timer);
        timer = giveUpAfter(STALL_MS);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), alive, createWriteStream(file));
  } finally {
    clearTimeout(timer);
  }

  function giveUpAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => controller.abort(new Error(`no answer for ${ms / 1000} s`)), ms);
  }
}

/** The file's line of a `sha256sum` list, or undefined when there is no list or no such line. */
async function publishedChecksum(from: string, name: string): Promise<string | undefined> {
  const response = await fetch(from, { signal: AbortSignal.timeout(NO_ANSWER_MS) });
  if (response.status === 404 || response.status === 403) return undefined;
  if (!response.ok) throw new Error(`HTTP ${response.status} for ${from}`);
  const line = (await response.text()).split("\n").find((entry) => entry.trim().split(/\s+\*?/)[1] === name);
  return line?.trim().split(/\s+/)[0]?.toLowerCase();
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

function say(message: string): void {
  process.stderr.write(`understudy: ${message}\n`);
}
