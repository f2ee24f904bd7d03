import { provenImages } from "../proven-images.ts";
import type { ProvenImage } from "../receipt.ts";
import { pass, refuse, withReceipt } from "./verdict.ts";

/** Each image by every name that it has: as proven, as recorded for production to get, and as it runs. */
export const imagesMatch = withReceipt(({ images }, { staging }) => {
  const recorded = provenImages(staging.release?.images ?? {});
  const services = [...new Set([images, recorded, staging.images].flatMap((part) => Object.keys(part)))].sort();
  const wrong = services.flatMap((service) => {
    const proven = images[service];
    if (!proven) return [`${service}: was not proven`];
    const differs = difference(proven, recorded[service]);
    if (differs) return [`${service}: ${differs}`];
    const runs = staging.images[service];
    return runs === proven.id ? [] : [`${service}: runs ${runs ?? "nothing"}, proven was ${proven.id}`];
  });
  if (wrong.length) return refuse(wrong.join("; "), "pnpm deploy:staging, then pnpm promote --check");
  return pass(`${services.length} images are those that were proven`);
});

function difference(proven: ProvenImage, recorded: ProvenImage | undefined): string | undefined {
  if (!recorded) return "is not in staging's record";
  const names = Object.keys(proven) as (keyof ProvenImage)[];
  const name = names.find((key) => proven[key] !== recorded[key]);
  return name && `the record has ${name} ${recorded[name]}, proven was ${proven[name]}`;
}
