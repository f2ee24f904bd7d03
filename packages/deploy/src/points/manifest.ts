import type { KeyObject } from "node:crypto";
import { UserError } from "@understudy/core";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { fingerprintOf } from "../receipt/key.ts";
import { provenImage } from "../receipt/receipt.ts";
import { check, sha256, sign } from "../receipt/sign.ts";
import { tagPattern } from "./tag-name.ts";

const manifestVersion = 1;

const manifestSchema = z.strictObject({
  version: z.literal(manifestVersion),
  tag: z.string().regex(tagPattern),
  environment: z.string(),
  release: z.string().regex(/^r-[0-9a-f]{12}$/),
  /** What the release was made from, with `-dirty` when files differed from it: the record has them as they were. */
  commit: z.string().regex(/^[0-9a-f]{40,64}(-dirty)?$/),
  /** SHA-256 of the receipt that the release came with; null when it came without. */
  receipt: sha256.nullable(),
  /** By service. */
  images: z.record(z.string(), provenImage),
  /** The data at that moment, with the checksum of each artifact; null when it was not backed up. */
  backup: z.strictObject({ id: z.string(), checksums: z.record(z.string(), z.string()) }).nullable(),
  /** Version of each database's server, by service. */
  databases: z.record(z.string(), z.string()),
  /** SHA-256 of everything kept below `.understudy/points/<tag>`: record, release, Pulumi's checkpoint. */
  files: z.record(z.string(), sha256),
  by: z.string(),
  at: z.iso.datetime(),
});

/** What a rollback point says of itself. */
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * A point's manifest as the message of its tag: a YAML document whose first line is for people, and whose last two are the
 * signature of every byte before them.
 */
export function writeMessage(manifest: Manifest, key: KeyObject): string {
  const { tag, environment, release, at } = manifest;
  const subject = `# ${tag}: ${environment} as it was until ${at}, release ${release}`;
  const yaml = stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false });
  const text = `${subject}\n${yaml}key: ${fingerprintOf(key)}\n`;
  return `${text}signature: ${sign(key, "rollback point", text).signature}\n`;
}

/** Read a tag's message. @throws UserError that says why it is no manifest to go by */
export function readMessage(message: string, key: KeyObject | undefined): Manifest {
  const [, text = "", body = "", signer = "", signature = ""] =
    /^(([\s\S]*\n)key: ([0-9a-f]{64})\n)signature: ([0-9a-f]{128})\n$/.exec(message) ?? [];
  if (!text) throw new UserError(isOurs(message) ? "its message was edited or never signed" : "it is no point of ours");
  const verdict = check(key, "rollback point", text, { key: signer, signature });
  if (verdict === "another key") throw new UserError(`it was signed by another key (${signer.slice(0, 12)}…)`);
  if (verdict === "altered") throw new UserError("its message was edited after it was signed");
  const { version, ...rest } = parse(body) as { version: unknown };
  if (version !== manifestVersion) throw new UserError(`its manifest is of version ${version}, not ${manifestVersion}`);
  return manifestSchema.parse({ version, ...rest });
}

/** The commit that a point's tag is on. */
export function baseCommit({ commit }: Pick<Manifest, "commit">): string {
  return commit.replace(/-dirty$/, "");
}

/** Whether a message without a signature was once a manifest. */
function isOurs(message: string): boolean {
  return /^release: r-[0-9a-f]{12}$/m.test(message);
}
