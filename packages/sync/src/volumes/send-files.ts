import { addAbortSignal } from "node:stream";
import { messageOf, UserError } from "@understudy/core";
import { joinNames, type VolumeBox, writeTo } from "@understudy/data";

/** Where files come from and go to. */
export interface Place {
  readonly box: VolumeBox;
  readonly folder: string;
}

// Owners by number, times to the nanosecond, and what else belongs to a file.
const attributes = "--numeric-owner --acls --xattrs --xattrs-include='user.*' --xattrs-include=security.capability";
const pack = `tar --create --file=- --format=posix --sparse --no-recursion --null --verbatim-files-from --files-from=- ${attributes}`;
const unpack = `tar --extract --file=- --same-owner --same-permissions --delay-directory-restore ${attributes}`;

/**
 * Send files, links and folders as one stream through this process. What changes or goes meanwhile is for the caller to find.
 * @throws UserError when the receiving side fails, e.g. for lack of room.
 */
export async function sendFiles(
  from: Place,
  to: Place,
  paths: readonly string[],
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  if (!paths.length) return;
  const sender = await from.box.start(`cd "$1"; exec ${pack}`, [from.folder]);
  // What is sent after the end of the archive, or after a failure, is read and dropped: the sender is not to hang.
  const receiver = await to.box.start(`cd "$1"; code=0; ${unpack} || code=$?; cat > /dev/null; exit $code`, [
    to.folder,
  ]);
  if (signal) for (const { input } of [sender, receiver]) addAbortSignal(signal, input);
  sender.input.end(joinNames(paths));
  try {
    for await (const chunk of sender.output()) {
      onBytes(chunk.length);
      await writeTo(receiver.input, chunk);
    }
    receiver.input.end();
    for await (const _ of receiver.output());
  } catch (error) {
    signal?.throwIfAborted();
    await receiver.ended().catch(explainFailure);
    throw new UserError(`The stream of files was cut: ${messageOf(error)}`, { cause: error });
  }
  await receiver.ended().catch(explainFailure);
  // 1 and 2: a file changed or went while it was read.
  await sender.ended([0, 1, 2]);
}

/** Take files of one folder of a box over to another one, with all that belongs to them. @throws UserError */
export async function takeOver(box: VolumeBox, from: string, to: string, paths: readonly string[]): Promise<void> {
  if (!paths.length) return;
  await box.run(`cd "$1"; ${pack} | ( cd "$2"; ${unpack} )`, [from, to], joinNames(paths));
}

function explainFailure(error: unknown): never {
  // So tar says that a disk is full.
  const full = /Wrote only|No space left/.test(messageOf(error));
  throw new UserError(`Files cannot be written: ${full ? "no space left on the device" : messageOf(error)}`, {
    ...(full ? { next: "Make room on staging's host, or exclude files in sanitize.yml" } : {}),
    cause: error,
  });
}
