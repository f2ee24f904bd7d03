import type { ResolvedImages } from "@understudy/environment";
import type { ProvenImage } from "./receipt.ts";

/** What a receipt or a rollback point says of the images that a release runs. */
export function provenImages(images: ResolvedImages): Record<string, ProvenImage> {
  return Object.fromEntries(
    Object.entries(images).map(([service, { reference, identity, digest, id }]) => [
      service,
      { reference, identity, digest: digest ?? null, id },
    ]),
  );
}
