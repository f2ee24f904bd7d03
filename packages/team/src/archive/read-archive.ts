import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { bytesInWords, messageOf, UserError } from "@understudy/core";
import { decrypted, type Keys, WrongKey } from "./encryption.ts";
import { type ArchivedFile, type Metadata, parseMetadata, unpackedSize } from "./metadata.ts";
import { archiveFolder, parseArchiveName } from "./name.ts";
import { archivePaths } from "./paths.ts";
import { checkingSeal } from "./seal.ts";
import { type TarEntry, tarEntries } from "./tar-entries.ts";
import { metadataDigest } from "./write-archive.ts";

export interface ReadOptions {
  readonly file: string;
  readonly keys: Keys;
  /** Bytes that an archive may unpack to, whatever it says. */
  readonly limit: number;
}

/** A file of an archive. */
export interface OpenedFile extends ArchivedFile {
  /** Its content, once. It fails at its end unless it is what the metadata says. */
  readonly content: AsyncIterable<Buffer>;
}

/** Of a text in memory, bytes. */
const longestMetadata = 64 * 1_048_576;

/**
 * An archive that is being read, from its first byte to its last. Its metadata come first; every byte after them is one that they
 * name, or the archive is refused.
 */
export interface OpenedArchive extends AsyncDisposable {
  readonly metadata: Metadata;
  /** What an archive over this one names it by. */
  readonly digest: string;
  /** Its files, in the order of the metadata. What is not read of one is checked all the same. @throws UserError when the archive is not what it says. */
  files(): AsyncGenerator<OpenedFile>;
}

/** Open an archive. @throws UserError for one that is damaged, foreign, too large, or that no key opens. */
export async function openArchive(options: ReadOptions): Promise<OpenedArchive> {
  const { file, limit } = options;
  const name = parseArchiveName(file);
  if (!name) throw refusal(file, "it is not named like an archive");
  const unpacked = await explained(file, () => unpack(options, name.encrypted));
  const entries = tarEntries(unpacked);
  try {
    const { metadata, digest } = await explained(file, () => readMetadata(entries, archiveFolder(name.stamp)));
    const size = unpackedSize(metadata);
    if (size > limit) {
      throw new UserError(`${file} unpacks to ${bytesInWords(size)}, and ${bytesInWords(limit)} are allowed`, {
        next: "If you trust it, raise teamSync.largestGigabytes in understudy.yml",
      });
    }
    return {
      metadata,
      digest,
      files: () => filesOf(file, entries, metadata, archiveFolder(name.stamp)),
      [Symbol.asyncDispose]: async () => void unpacked.destroy(),
    };
  } catch (error) {
    unpacked.destroy();
    throw error;
  }
}

/** Read an archive to its end, and keep nothing of it. @throws UserError unless every byte is what it was when it was written. */
export async function verifyArchive(
  options: ReadOptions,
  onBytes: (bytes: number) => void = () => {},
): Promise<{ metadata: Metadata; digest: string }> {
  await using archive = await openArchive(options);
  for await (const { content } of archive.files()) for await (const chunk of content) onBytes(chunk.length);
  return { metadata: archive.metadata, digest: archive.digest };
}

async function unpack({ file, keys }: ReadOptions, isEncrypted: boolean): Promise<Readable> {
  const bytes = createReadStream(file);
  const sealed = isEncrypted ? await decrypted(bytes, keys) : bytes;
  // Who reads the last of them is told what went wrong.
  return pipeline([sealed, checkingSeal(), createGunzip()], () => {}) as unknown as Readable;
}

async function readMetadata(entries: AsyncGenerator<TarEntry>, folder: string) {
  const first = await next(entries);
  if (first?.type !== "folder" || first.name !== `${folder}/`) throw new Error(`it does not begin with ${folder}/`);
  const second = await next(entries);
  if (second?.type !== "file" || second.name !== `${folder}/${archivePaths.metadata}`) {
    throw new Error(`it has no ${archivePaths.metadata}`);
  }
  if (second.size > longestMetadata) throw new Error(`its ${archivePaths.metadata} is too large`);
  const text = Buffer.concat(await Array.fromAsync(second.content)).toString("utf8");
  return { metadata: parseMetadata(text), digest: metadataDigest(text) };
}

async function* filesOf(
  file: string,
  entries: AsyncGenerator<TarEntry>,
  { files }: Metadata,
  folder: string,
): AsyncGenerator<OpenedFile> {
  for (const expected of files) {
    const entry = await explained(file, () => next(entries));
    const fits = entry?.type === "file" && entry.name === `${folder}/${expected.path}` && entry.size === expected.bytes;
    if (!fits) throw refusal(file, `${expected.path} is not where its metadata say`);
    const content = checked(file, entry.content, expected);
    yield { ...expected, content };
    for await (const _ of content);
  }
  const more = await explained(file, () => next(entries));
  if (more) throw refusal(file, "it holds something that its metadata do not name");
}

async function next(entries: AsyncGenerator<TarEntry>): Promise<TarEntry | undefined> {
  const { value, done } = await entries.next();
  return done ? undefined : value;
}

async function* checked(
  file: string,
  content: AsyncIterable<Buffer>,
  { path, sha256 }: ArchivedFile,
): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw explain(file, error);
  }
  if (hash.digest("hex") !== sha256) throw refusal(file, `${path} has another content than its metadata say`);
}

async function explained<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw explain(file, error);
  }
}

function explain(file: string, error: unknown): Error {
  if (error instanceof UserError) return error;
  if (error instanceof WrongKey) {
    return new UserError(`${file} does not open with your key or passphrase`, {
      next: "Ask its sender for the passphrase, or to add your recipient (pnpm team:key) to teamSync.recipients and to export again",
    });
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT")
    return new UserError(`There is no file ${file}`, { next: "pnpm team:import finds the newest one" });
  if (code === "EACCES" || code === "EISDIR") {
    return new UserError(`${file} cannot be read: ${messageOf(error)}`, {
      next: "Run as who may read it",
      cause: error,
    });
  }
  return refusal(file, messageOf(error), error);
}

function refusal(file: string, why: string, cause?: unknown): UserError {
  return new UserError(`${file} is damaged, or no archive of Understudy's: ${why}`, {
    next: "Get it from its sender again; nothing was changed",
    cause,
  });
}
