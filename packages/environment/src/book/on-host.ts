import { buffer } from "node:stream/consumers";
import { type Engine, type HostSession, isGone, type MountSettings, UserError } from "@understudy/core";
import { type Book, type OpenRun, packBook, unpackBook } from "./book.ts";
import { filesOfTar } from "./tar.ts";

/** Where the lock's container has the book. */
const folder = "/book";

/** On a container that a book is read through: the stack. */
const readerLabel = "understudy.book";

/** Reading takes no longer, seconds. */
const abandonedAfter = 300;

/** A book as it lies on the host; undefined parts are not there. */
export interface BookOnHost {
  readonly book: Book | undefined;
  readonly open: OpenRun | undefined;
}

/** The volume that a stack's book is in. It carries no label of the stack: it is no data of it, and outlives it. */
export function bookMount(stackName: string): MountSettings {
  return { Type: "volume", Source: `${stackName}-book`, Target: folder };
}

/**
 * Read a stack's book without its lock, through a container that is never started.
 * @returns nothing where there is no book, or no image to read it with; under the lock there is one
 * @throws UserError when it is damaged
 */
export async function readBook(engine: Engine, stackName: string): Promise<BookOnHost> {
  const mount = bookMount(stackName);
  const Image = (await hasVolume(engine, mount.Source)) && (await anyImage(engine));
  if (!Image) return { book: undefined, open: undefined };
  await removeAbandoned(engine, stackName);
  const container = await engine.docker.createContainer({
    ...{ Image, Labels: { [readerLabel]: stackName } },
    Healthcheck: { Test: ["NONE"] },
    HostConfig: { Mounts: [mount] },
  });
  try {
    return await readFrom(engine, container.id, stackName);
  } finally {
    await container.remove({ force: true });
  }
}

/** The same through the lock's own container. */
export async function readUnderLock(engine: Engine, session: HostSession, stackName: string): Promise<BookOnHost> {
  return await readFrom(engine, session.container, stackName);
}

/** Put a book in the place of the one there, whole or not at all. */
export async function writeBook(session: HostSession, book: Book): Promise<void> {
  await put(session, "book", packBook(book));
}

/** Bring a stack's book to the place that it has moved to, through the lock there. Does nothing where there is none. */
export async function carryBook(from: Engine, to: HostSession, stackName: string): Promise<void> {
  const { book } = await readBook(from, stackName);
  if (book) await writeBook(to, book);
}

/** Note that a run goes on, or that none does. */
export async function writeOpenRun(session: HostSession, run: OpenRun | undefined): Promise<void> {
  if (run) return await put(session, "open", Buffer.from(JSON.stringify(run)));
  await inLock(session, `rm -f ${folder}/open`, "");
}

async function hasVolume(engine: Engine, name: string): Promise<boolean> {
  try {
    await engine.docker.getVolume(name).inspect();
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** The toolbox, unless somebody took it away: nothing of an image is run. */
async function anyImage(engine: Engine): Promise<string | undefined> {
  const [toolboxes, all] = await Promise.all([
    engine.docker.listImages({ filters: { reference: ["understudy/toolbox"] } }),
    engine.docker.listImages(),
  ]);
  return (toolboxes[0] ?? all[0])?.Id;
}

/** What was killed while it read has left its container. */
async function removeAbandoned(engine: Engine, stackName: string): Promise<void> {
  const filters = { label: [`${readerLabel}=${stackName}`] };
  for (const { Id, Created } of await engine.docker.listContainers({ all: true, filters })) {
    if (Date.now() / 1_000 - Created < abandonedAfter) continue;
    await engine.docker
      .getContainer(Id)
      .remove({ force: true })
      .catch((error) => (isGone(error) ? undefined : Promise.reject(error)));
  }
}

async function readFrom(engine: Engine, container: string, stackName: string): Promise<BookOnHost> {
  const archive = await engine.docker.getContainer(container).getArchive({ path: folder });
  const files = filesOfTar(await buffer(archive));
  const [book, open] = [files.get("book"), files.get("open")];
  try {
    return {
      book: book && unpackBook(book),
      open: open && (JSON.parse(open.toString("utf8")) as OpenRun),
    };
  } catch (error) {
    throw new UserError(`What is noted of ${stackName} on ${engine.host} is damaged (volume ${stackName}-book)`, {
      next: `Remove it (docker volume rm ${stackName}-book), and run this on the machine that deployed last: it says how to begin a new one`,
      cause: error,
    });
  }
}

async function put(session: HostSession, name: string, content: Buffer): Promise<void> {
  const file = `${folder}/${name}`;
  const command = `base64 -d > ${file}.next && sync ${file}.next && mv ${file}.next ${file} && sync ${folder}`;
  await inLock(session, command, content.toString("base64"));
}

async function inLock(session: HostSession, command: string, stdin: string): Promise<void> {
  const { exitCode, stderr } = await session.exec(["sh", "-ec", command], { stdin, user: "0" });
  if (exitCode === 0) return;
  throw new UserError(`What was done cannot be noted on the host: ${stderr.trim() || `exit code ${exitCode}`}`, {
    next: "Look whether its disk is full (df -h), and run the same command again",
  });
}
