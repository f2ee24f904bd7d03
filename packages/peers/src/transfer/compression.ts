import { promisify } from "node:util";
import { constants, createZstdCompress, createZstdDecompress, zstdCompress } from "node:zlib";

const compress = promisify(zstdCompress);

/** Fast, and most of what slower levels gain. */
const params = { [constants.ZSTD_c_compressionLevel]: 1 };

export const zstd = () => createZstdCompress({ params });
export const unzstd = () => createZstdDecompress();

export interface Probe {
  /** Bytes before and after. */
  readonly raw: number;
  readonly packed: number;
  /** ms that packing took. */
  readonly ms: number;
}

/** Pack a sample of what is to be sent. */
export async function probe(sample: Buffer): Promise<Probe> {
  const began = performance.now();
  const packed = await compress(sample, { params });
  return { raw: sample.length, packed: packed.length, ms: performance.now() - began };
}

/** Whether compressing is faster than sending as it is. @param speed of the line, bytes per second */
export function compressionPays({ raw, packed, ms }: Probe, speed: number): boolean {
  if (raw === 0 || speed <= 0) return false;
  const sent = (bytes: number) => (1_000 * bytes) / speed;
  // Packing and sending go on at once: the slower of the two counts.
  return Math.max(ms, sent(packed)) < 0.9 * sent(raw);
}
