import { promisify } from "node:util";
import { constants, gunzip, gzip } from "node:zlib";
import { messageOf } from "@understudy/core/light";
import { SyncError } from "../sync-error.ts";

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Data as JSON, gzip and hex. Level 1: on a line it saves nearly as much as 6, at a third of the time. */
export async function compress(data: unknown): Promise<string> {
  return (await pack(JSON.stringify(data), { level: constants.Z_BEST_SPEED })).toString("hex");
}

/**
 * What `compress` made.
 * @param largest bytes that it may unpack to; what is larger is not unpacked to its end
 * @throws SyncError 413 or 422
 */
export async function decompress(hex: string, largest: number): Promise<unknown> {
  if (hex.length % 2 || !/^[0-9a-f]*$/i.test(hex)) throw unreadable("it is not hex");
  let json: Buffer;
  try {
    json = await unpack(Buffer.from(hex, "hex"), { maxOutputLength: largest });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new SyncError(
        413,
        "too-large",
        `packet_data unpacks to more than ${largest} bytes`,
        "Send fewer changes at once",
      );
    }
    throw unreadable(messageOf(error));
  }
  try {
    return JSON.parse(json.toString("utf8"));
  } catch (error) {
    throw unreadable(messageOf(error));
  }
}

function unreadable(why: string): SyncError {
  return new SyncError(
    422,
    "invalid-packet",
    `packet_data cannot be read: ${why}`,
    "It is JSON, compressed with gzip, in hex",
    {
      field: "packet_data",
    },
  );
}
