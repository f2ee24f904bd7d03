import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/** The peers are not part of the product: they are installed here the first time. */
const home = join(homedir(), ".cache/understudy/bench-pouchdb");
const packages = ["pouchdb@9.0.0", "express-pouchdb@4.2.0", "express@4.21.2"];

interface Pouch {
  bulkDocs(documents: readonly object[]): Promise<unknown>;
  replicate: {
    to(target: string, options: object): Promise<{ docs_written: number }>;
    from(source: string, options: object): Promise<{ docs_written: number }> & { cancel(): void };
  };
  info(): Promise<{ doc_count: number }>;
  close(): Promise<void>;
}

type PouchClass = (new (name: string) => Pouch) & { defaults(options: object): PouchClass };

/**
 * The same notes from one PouchDB over an own server of it to another, all on LevelDB.
 * @returns changes a second until the last is there
 */
export async function measurePouch(folder: string, changes: number): Promise<number> {
  install();
  const require = createRequire(join(home, "package.json"));
  const PouchDB = require("pouchdb") as PouchClass;
  const express = require("express") as () => {
    use(path: string, handler: unknown): void;
    listen(port: number, done: () => void): import("node:http").Server;
  };
  const expressPouchDb = require("express-pouchdb") as (pouch: PouchClass, options: object) => unknown;
  mkdirSync(folder, { recursive: true });
  const served = PouchDB.defaults({ prefix: `${folder}/server-` });
  const app = express();
  app.use(
    "/",
    expressPouchDb(served, {
      mode: "minimumForPouchDB",
      overrideMode: { include: [] },
      inMemoryConfig: true,
      logPath: join(folder, "log.txt"),
    }),
  );
  const server = await new Promise<import("node:http").Server>((resolve) => {
    const started = app.listen(0, () => resolve(started));
  });
  const { port } = server.address() as import("node:net").AddressInfo;
  const remote = `http://127.0.0.1:${port}/notes`;
  const [ann, bob] = [new PouchDB(join(folder, "ann")), new PouchDB(join(folder, "bob"))];
  const notes = Array.from({ length: changes }, (_, number) => ({
    _id: String(number).padStart(12, "0"),
    title: `note ${number}`,
    n: number,
    amount: `${number}.10`,
  }));
  await ann.bulkDocs(notes);
  const began = performance.now();
  const options = { batch_size: 1_000 };
  const sending = ann.replicate.to(remote, options);
  const receiving = bob.replicate.from(remote, { ...options, live: true, retry: true });
  receiving.catch(() => {});
  while ((await bob.info()).doc_count < changes) await new Promise((resolve) => setTimeout(resolve, 20));
  const seconds = (performance.now() - began) / 1_000;
  await sending;
  receiving.cancel();
  await Promise.all([ann.close(), bob.close()]);
  server.closeAllConnections();
  server.close();
  return changes / seconds;
}

function install(): void {
  if (existsSync(join(home, "node_modules/express-pouchdb"))) return;
  mkdirSync(home, { recursive: true });
  execFileSync("npm", ["install", "--prefix", home, "--no-audit", "--no-fund", "--save-exact", ...packages], {
    stdio: "inherit",
  });
}
