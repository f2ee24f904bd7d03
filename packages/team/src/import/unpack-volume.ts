import { type VolumeBox, writeTo } from "@understudy/data";
import type { CarriedVolume } from "../volumes.ts";

/** Where a box has a volume that is made, and the live one. */
export function foldersOf(name: string): { readonly incoming: string; readonly live: string } {
  return { incoming: `/incoming/${name}`, live: `/live/${name}` };
}

/** Unpack what travelled of a volume beside the live one. Names that lead out of it are refused by tar. @throws UserError in tar's words */
export async function unpackVolume(box: VolumeBox, name: string, tar: AsyncIterable<Buffer>): Promise<void> {
  const script = `cd "$1"; exec tar --extract --file=- --numeric-owner --same-owner --same-permissions --delay-directory-restore`;
  const { input, output, ended } = await box.start(script, [foldersOf(name).incoming]);
  const printed = Array.fromAsync(output()).catch(() => []);
  let failure: unknown;
  try {
    for await (const chunk of tar) await writeTo(input, chunk);
    input.end();
  } catch (error) {
    failure = error;
    input.destroy();
  }
  await printed;
  if (failure) throw failure;
  await ended();
}

/**
 * Add what stays each environment's own to an unpacked volume. Who writes to the live one stands still meanwhile.
 * @throws UserError in the tool's words
 */
export async function addOwn(box: VolumeBox, { name, only, own }: CarriedVolume): Promise<void> {
  const { incoming, live } = foldersOf(name);
  if (only) {
    const script = `cd "$1"; to="$2"; shift 2
others=('--exclude=./.understudy-*' --exclude=./lost+found); for part; do others+=("--exclude=./$part"); done
tar --create --numeric-owner --sparse --anchored "\${others[@]}" . | tar --extract --directory="$to" --numeric-owner --same-owner --same-permissions --delay-directory-restore`;
    await box.run(script, [live, incoming, ...only]);
    return;
  }
  const script = `cd "$1"; to="$2"; shift 2; for part; do if [ -e "$part" ]; then cp -a --parents -- "$part" "$to/"; fi; done`;
  await box.run(script, [live, incoming, ...own]);
}
