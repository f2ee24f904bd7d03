import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGzip } from "node:zlib";
import { sha256 } from "@understudy/core";
import { type Pack, pack } from "tar-stream";
import type { ArchivedFile, Metadata } from "./metadata.ts";
import { archiveFolder, archiveName } from "./name.ts";
import { sealing } from "./seal.ts";
import { metadataText } from "./write-archive.ts";

export const stamp = "2026-11-22-14-05-09";
export const folder = archiveFolder(stamp);

/** Of an archive with files, by path. */
export function someMetadata(files: Readonly<Record<string, string>>, changes: Partial<Metadata> = {}): Metadata {
  return {
    ...{ product: "understudy", format: 1, exportDate: "2026-11-22T14:05:09.000Z" },
    ...{
      exportedBy: "ann@desk",
      hostname: "desk",
      understudyVersion: "0.1.0",
      dockerVersion: "27.3.1",
      gitCommit: null,
    },
    ...{
      team: "shop",
      environment: "staging",
      secrets: false,
      unmasked: false,
      copy: null,
      services: {},
      postgres: 170_006,
    },
    ...{
      databases: [],
      workflows: [],
      credentials: 0,
      graph: null,
      volumes: [],
      since: null,
      unchanged: [],
      history: [],
    },
    files: Object.entries(files).map(([path, content]) => archivedFile(path, content)),
    ...changes,
  };
}

export function archivedFile(path: string, content: string): ArchivedFile {
  return { path, bytes: Buffer.byteLength(content), sha256: sha256(content) };
}

/** An entry of a tar, with its content; one without a content is its header alone. */
export type Entry = Parameters<Pack["entry"]>[0] & { readonly content?: string };

/** The entries that an archive begins with. */
export function beginning(metadata: Metadata): Entry[] {
  return [
    { name: `${folder}/`, type: "directory" },
    { name: `${folder}/export-metadata.json`, content: metadataText(metadata) },
  ];
}

/** Write an archive of any entries, sealed as ours are. @returns its file */
export async function forge(into: string, entries: readonly Entry[], after = Buffer.alloc(0)): Promise<string> {
  const tar = pack();
  for (const { content, ...header } of entries) {
    if (content === undefined) tar.entry(header).end(null);
    else tar.entry(header, content);
  }
  tar.finalize();
  const bytes = pipeline([Readable.from(tar), createGzip(), sealing()], () => {}) as unknown as Readable;
  const file = join(into, archiveName({ stamp, encrypted: false }));
  writeFileSync(file, Buffer.concat([await buffer(bytes), after]));
  return file;
}
