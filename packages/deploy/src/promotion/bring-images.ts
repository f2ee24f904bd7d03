import type { Engine } from "@understudy/core";
import type { Release } from "@understudy/environment";
import { findImage } from "../images/resolve.ts";
import { sendImage } from "../images/send.ts";

/**
 * Send the images of a release that production's host lacks straight from staging's, so that no registry can give others.
 * @returns the release with its images as production's host names them
 */
export async function bringImages(
  { staging, production }: { readonly staging: Engine; readonly production: Engine },
  release: Release,
  report: (line: string) => void,
): Promise<Release> {
  const images: Record<string, Release["images"][string]> = {};
  for (const [service, image] of Object.entries(release.images)) {
    const there = await findImage(production, image.id);
    const { id } = there ?? (await sendImage(staging, production, image.reference, report));
    images[service] = { ...image, id };
  }
  return { ...release, images };
}
