import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { isKey, messageOf, UserError } from "@understudy/core";
import { Decrypter, Encrypter } from "age-encryption";

/** Who can read an archive: whoever knows the passphrase, or each of the recipients, `age1…`. */
export type Audience = { readonly passphrase: string } | { readonly recipients: readonly string[] };

/** What opens archives, whatever of it fits. */
export interface Keys {
  readonly passphrases: readonly string[];
  /** `AGE-SECRET-KEY-1…` */
  readonly identities: readonly string[];
}

/** None of the keys opens it. */
export class WrongKey extends Error {}

/** Encrypt a stream with age: https://age-encryption.org/v1. @throws UserError for a recipient that is none */
export async function encrypted(plain: Readable, audience: Audience): Promise<Readable> {
  const encrypter = new Encrypter();
  if ("passphrase" in audience) setPassphrase(encrypter, audience.passphrase);
  else for (const recipient of audience.recipients) addRecipient(encrypter, recipient);
  return fromWeb(await encrypter.encrypt(toWeb(plain)));
}

/** Decrypt a stream. @throws WrongKey; a stream that was changed or cut off fails where that shows */
export async function decrypted(cipher: Readable, { passphrases, identities }: Keys): Promise<Readable> {
  const decrypter = new Decrypter();
  for (const passphrase of passphrases) decrypter.addPassphrase(passphrase);
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    return fromWeb(await decrypter.decrypt(toWeb(cipher)));
  } catch (error) {
    cipher.destroy();
    if (/no identity matched/.test(messageOf(error))) throw new WrongKey(messageOf(error));
    throw error;
  }
}

/** Of a key nobody can try all, however fast: to make each try slow is for words that people choose. */
function setPassphrase(encrypter: Encrypter, passphrase: string): void {
  encrypter.setPassphrase(passphrase);
  if (isKey(passphrase)) encrypter.setScryptWorkFactor(10);
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (error) {
    throw new UserError(`"${recipient}" is no recipient of age: ${messageOf(error)}`, {
      next: "Correct teamSync.recipients in understudy.yml: each teammate's pnpm team:key tells theirs",
      cause: error,
    });
  }
}

/** Node's type of a web stream and the one of the library are the same thing. */
function toWeb(stream: Readable): globalThis.ReadableStream<Uint8Array<ArrayBuffer>> {
  return Readable.toWeb(stream) as unknown as globalThis.ReadableStream<Uint8Array<ArrayBuffer>>;
}

function fromWeb(stream: globalThis.ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(stream as unknown as ReadableStream<Uint8Array>);
}
