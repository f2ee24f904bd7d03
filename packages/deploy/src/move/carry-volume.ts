import { createHash } from "node:crypto";
import { type Engine, UserError } from "@understudy/core";
import { type Mount, VolumeBox, writeTo } from "@understudy/data";
import { TransferProgress } from "../images/transfer-progress.ts";
import { existingVolumes } from "../live/missing-volumes.ts";
import { removeVolume } from "../live/strays.ts";

const folder = "/volume";
const attributes = "--numeric-owner --acls --xattrs --xattrs-include='user.*' --xattrs-include=security.capability";
// The same files give the same bytes: in order, and without the times at which somebody looked.
const order = "--sort=name --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime";
const pack = `cd ${folder}; tar --create --file=- ${order} ${attributes} .`;
// What comes after the end of the archive is read and dropped: the sender is not to hang.
const unpack = `cd ${folder}; code=0; tar --extract --file=- --same-owner --same-permissions --delay-directory-restore ${attributes} || code=$?; cat > /dev/null; sync -f .; exit $code`;

export interface CarryRequest {
  readonly from: Engine;
  readonly to: Engine;
  /** Of a swarm: ID of the node that the volume is to be on. */
  readonly node: string | undefined;
  readonly stackName: string;
  /** Its name on both hosts. */
  readonly volume: string;
  /** About how much it holds. */
  readonly bytes: number;
  readonly report: (line: string) => void;
}

/**
 * Make a volume that nobody writes to anew on another engine, as one stream through this process, and read it back there: what was
 * written must be, byte by byte, what was sent. A volume of the name there goes first.
 * @returns bytes that were sent
 * @throws UserError for lack of room, or when the two are not equal
 */
export async function carryVolume(request: CarryRequest): Promise<number> {
  const { from, to, node, stackName, volume } = request;
  const { Labels } = await from.docker.getVolume(volume).inspect();
  if ((await existingVolumes(to, [volume])).length) await removeVolume(to, volume);
  if (node) to.fleet?.pin({ [volume]: node });
  await to.docker.createVolume({ Name: volume, Labels: Labels ?? {} });
  const mount: Mount = { volume, path: folder, readOnly: true };
  await using source = await VolumeBox.open(from, stackName, [mount]);
  await using destination = await VolumeBox.open(to, stackName, [{ ...mount, readOnly: false }]);
  const sent = await stream(source, destination, request);
  const arrived = (await destination.run(`${pack} | sha256sum`)).toString().split(" ")[0];
  if (arrived === sent.digest) return sent.bytes;
  throw new UserError(`Volume ${volume} did not arrive as it was sent (${arrived}, sent ${sent.digest})`, {
    next: "Look at the disk of that machine (dmesg), and run again",
  });
}

async function stream(source: VolumeBox, destination: VolumeBox, { volume, bytes, report }: CarryRequest) {
  const progress = new TransferProgress("copying", (line) => report(`${volume}: ${line}`));
  const digest = createHash("sha256");
  const [sender, receiver] = [await source.start(pack), await destination.start(unpack)];
  sender.input.end();
  let sent = 0;
  try {
    for await (const chunk of sender.output()) {
      digest.update(chunk);
      sent += chunk.length;
      progress.at(sent, bytes);
      await writeTo(receiver.input, chunk);
    }
    receiver.input.end();
    for await (const _ of receiver.output());
    await receiver.ended();
  } catch (error) {
    throw new UserError(`Volume ${volume} could not be written there`, {
      next: "Look whether that machine's disk is full (df -h), and run again",
      cause: error,
    });
  }
  await sender.ended();
  return { bytes: sent, digest: digest.digest("hex") };
}
