import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { extract } from "tar-stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Audience, Keys } from "./encryption.ts";
import { archiveName } from "./name.ts";
import { openArchive, verifyArchive } from "./read-archive.ts";
import { Spool, type Spooled } from "./spool.ts";
import { archivedFile, folder as archiveRoot, beginning, forge, someMetadata, stamp } from "./testing.ts";
import { archiveBytes, writeArchive } from "./write-archive.ts";

const noKeys: Keys = { passphrases: [], identities: [] };
const limit = 1_000_000_000;
const contents = {
  "workflows.json": '[{"id":"a"}]\n',
  "databases/n8n.sql": `${randomBytes(40_000).toString("hex")}\n`,
  ".env": "TIMEZONE=Etc/UTC\n",
};

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), "understudy-archive-"));
});
afterAll(() => rmSync(place, { recursive: true }));

/** Write an archive of the contents. @returns its file */
async function write(audience?: Audience): Promise<string> {
  const into = mkdtempSync(join(place, "x-"));
  using spool = new Spool(mkdtempSync(join(into, ".spool-")));
  const spooled = new Map<string, Spooled>();
  for (const [path, text] of Object.entries(contents)) spooled.set(path, await spool.addText(text));
  const file = join(into, archiveName({ stamp, encrypted: audience !== undefined }));
  const bytes = archiveBytes({ stamp, metadata: someMetadata(contents), contents: spooled });
  await writeArchive({ file, bytes, audience });
  return file;
}

async function readAll(file: string, keys = noKeys): Promise<Record<string, string>> {
  await using archive = await openArchive({ file, keys, limit });
  const read: Record<string, string> = {};
  for await (const { path, content } of archive.files()) {
    read[path] = Buffer.concat(await Array.fromAsync(content)).toString();
  }
  return read;
}

/** The same file with other bytes. @returns where it is */
function changed(file: string, change: (bytes: Buffer) => Buffer): string {
  const copy = join(mkdtempSync(join(place, "c-")), file.split("/").at(-1) ?? "");
  writeFileSync(copy, change(readFileSync(file)));
  return copy;
}

const refused = (file: string, keys = noKeys) => expect(verifyArchive({ file, keys, limit }), file).rejects;
const random = (below: number) => Math.floor(Math.random() * below);

function flipBit(bytes: Buffer, bit: number): Buffer {
  const at = bit >> 3;
  bytes[at] = (bytes[at] as number) ^ (1 << (bit & 7));
  return bytes;
}

describe("an archive", () => {
  it("is read as it was written, by us and by others", async () => {
    const file = await write();
    expect(await readAll(file)).toEqual(contents);
    const found: string[] = [];
    for await (const entry of Readable.from([gunzipSync(readFileSync(file))]).pipe(extract())) {
      found.push(entry.header.name);
      entry.resume();
    }
    expect(found).toEqual([
      `${archiveRoot}/`,
      `${archiveRoot}/export-metadata.json`,
      ...Object.keys(contents).map((path) => `${archiveRoot}/${path}`),
    ]);
  });

  it("is checked where it is not read", async () => {
    await using archive = await openArchive({ file: await write(), keys: noKeys, limit });
    const paths: string[] = [];
    for await (const { path } of archive.files()) paths.push(path);
    expect(paths).toEqual(Object.keys(contents));
  });

  it("is refused when it is cut off anywhere, by one byte too", async () => {
    const file = await write();
    const { length } = readFileSync(file);
    for (const end of [0, 1, length - 1, ...Array.from({ length: 50 }, () => random(length))]) {
      await refused(changed(file, (bytes) => bytes.subarray(0, end))).toThrow(/is damaged/);
    }
  });

  it("is refused with any bit flipped", async () => {
    const file = await write();
    const bits = readFileSync(file).length * 8;
    // Where gzip's own sums do not look: its first header, and everything of the seal.
    const blind = [
      ...Array.from({ length: 80 }, (_, bit) => bit),
      ...Array.from({ length: 464 }, (_, bit) => bits - 1 - bit),
    ];
    for (const bit of [...blind, ...Array.from({ length: 200 }, () => random(bits))]) {
      await refused(changed(file, (bytes) => flipBit(bytes, bit))).toThrow(/is damaged/);
    }
  });

  it("is refused with something after it", async () => {
    const file = await write();
    await refused(changed(file, (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(/is damaged/);
    await refused(changed(file, (bytes) => Buffer.concat([bytes, bytes]))).toThrow(/is damaged/);
  });

  it("is refused when it is not there, or called otherwise", async () => {
    await refused(join(place, archiveName({ stamp, encrypted: false }))).toThrow(/There is no file/);
    await refused(join(place, "some.tar.gz")).toThrow(/not named like an archive/);
  });
});

describe("an encrypted archive", () => {
  it("opens for every recipient and for nobody else, and shows nothing", async () => {
    const [ann, bob, eve] = await Promise.all([generateIdentity(), generateIdentity(), generateIdentity()]);
    const recipients = await Promise.all([ann, bob].map((identity) => identityToRecipient(identity)));
    const file = await write({ recipients });
    for (const identity of [ann, bob]) {
      expect(await readAll(file, { passphrases: [], identities: [identity] })).toEqual(contents);
    }
    await refused(file, { passphrases: [], identities: [eve] }).toThrow(/does not open with your key/);
    expect(readFileSync(file).includes("TIMEZONE")).toBe(false);
  });

  it("opens with its passphrase only", async () => {
    const file = await write({ passphrase: "correct horse" });
    expect(await readAll(file, { passphrases: ["correct horse"], identities: [] })).toEqual(contents);
    await refused(file, { passphrases: ["battery staple"], identities: [] }).toThrow(/does not open with your key/);
    // To try a passphrase is slow on purpose.
  }, 60_000);

  it("opens at once with a key for a passphrase", async () => {
    const key = "A".repeat(43);
    expect(await readAll(await write({ passphrase: key }), { passphrases: [key], identities: [] })).toEqual(contents);
  });

  it("is refused when it is cut off, or with any bit flipped", async () => {
    const identity = await generateIdentity();
    const keys = { passphrases: [], identities: [identity] };
    const file = await write({ recipients: [await identityToRecipient(identity)] });
    const { length } = readFileSync(file);
    for (let tries = 0; tries < 50; tries++) {
      const end = random(length);
      await refused(
        changed(file, (bytes) => bytes.subarray(0, end)),
        keys,
      ).toThrow(/is damaged|does not open/);
    }
    for (let tries = 0; tries < 200; tries++) {
      const bit = random(length * 8);
      await refused(
        changed(file, (bytes) => flipBit(bytes, bit)),
        keys,
      ).toThrow(/is damaged|does not open/);
    }
  });

  it("is refused for a recipient that is none", async () => {
    await expect(write({ recipients: ["age1nobody"] })).rejects.toThrow(/"age1nobody" is no recipient of age/);
  });
});

describe("a forged archive", () => {
  const metadata = someMetadata({ ".env": "A=1\n" });
  const fresh = () => mkdtempSync(join(place, "f-"));
  const file = { name: `${archiveRoot}/.env`, content: "A=1\n" };

  it("would be one of ours, were nothing wrong with it", async () => {
    expect(await readAll(await forge(fresh(), [...beginning(metadata), file]))).toEqual({ ".env": "A=1\n" });
  });

  it.each([
    ["a path that goes up", { ...file, name: `${archiveRoot}/../.env` }],
    ["an absolute path", { ...file, name: "/etc/passwd" }],
    ["another folder", { ...file, name: "export-2020-01-01-00-00-00/.env" }],
    ["another size", { ...file, content: "A=12\n" }],
    ["another content", { ...file, content: "A=2\n" }],
    ["a symbolic link", { name: file.name, type: "symlink" as const, linkname: "/etc/passwd" }],
    ["a hard link", { name: file.name, type: "link" as const, linkname: "/etc/passwd" }],
    ["a device", { name: file.name, type: "character-device" as const, devmajor: 1, devminor: 3 }],
    ["an extended header", { ...file, pax: { path: "/etc/passwd" } }],
    ["a long name", { ...file, name: `${archiveRoot}/${"x".repeat(200)}` }],
  ])("is refused with %s", async (_, entry) => {
    await refused(await forge(fresh(), [...beginning(metadata), entry])).toThrow(/is damaged/);
  });

  it.each([
    ["a file twice", [file, file]],
    ["a file that nobody named", [file, { name: `${archiveRoot}/workflows.json`, content: "[]" }]],
    ["a file too few", []],
  ])("is refused with %s", async (_, entries) => {
    await refused(await forge(fresh(), [...beginning(metadata), ...entries])).toThrow(/is damaged/);
  });

  it("is refused without metadata, or with those of another product", async () => {
    await refused(await forge(fresh(), [{ name: `${archiveRoot}/`, type: "directory" }, file])).toThrow(
      /it has no export-metadata\.json/,
    );
    const foreign = { name: `${archiveRoot}/export-metadata.json`, content: '{"pilotproVersion":"1.0.0"}' };
    await refused(await forge(fresh(), [{ name: `${archiveRoot}/`, type: "directory" }, foreign, file])).toThrow(
      /is damaged, or no archive of Understudy's/,
    );
  });

  it("is refused when its metadata lead out of the folder", async () => {
    const outside = someMetadata({}, { files: [archivedFile("../.env", "A=1\n")] });
    await refused(await forge(fresh(), [...beginning(outside), file])).toThrow(/is no path of an archive/);
  });

  it("is refused before a byte of a bomb is unpacked", async () => {
    const bomb = someMetadata({}, { files: [{ ...archivedFile(".env", ""), bytes: 2 * limit }] });
    await refused(await forge(fresh(), beginning(bomb))).toThrow(/unpacks to 2\.0 GB, and 1\.0 GB are allowed/);
  });

  it("is refused when more unpacks than it says", async () => {
    const zeros = { name: file.name, content: "\0".repeat(30_000_000) };
    await refused(await forge(fresh(), [...beginning(metadata), zeros])).toThrow(/is damaged/);
  });
});
