import type { Recorded } from "@understudy/environment";
import { provenImages } from "../receipt/proven-images.ts";
import { recordHashes } from "./kept.ts";
import type { Manifest } from "./manifest.ts";

/** What an environment runs, as far as it can differ. */
export type Runs = Pick<Manifest, "release" | "images" | "files"> & { readonly commit: string | undefined };

/** What an environment runs now. */
export function runsNow(recorded: Recorded): Runs {
  const { id, commit, images } = recorded.release;
  return { release: id, commit, images: provenImages(images), files: recordHashes(recorded) };
}

/** What going back to a point would change, in words; nothing when it is what runs. Pure. */
export function differences(point: Runs, now: Runs | undefined): string[] {
  if (!now) return ["nothing is recorded to compare with"];
  return [...releases(point, now), ...images(point, now), ...files(point, now)];
}

function releases(point: Runs, now: Runs): string[] {
  if (point.commit === now.commit) return [];
  return [`commit ${short(point.commit)} instead of ${short(now.commit)}`];
}

function images(point: Runs, now: Runs): string[] {
  const services = [...new Set([...Object.keys(point.images), ...Object.keys(now.images)])].sort();
  return services.flatMap((service) => {
    const then = point.images[service];
    const today = now.images[service];
    if (!then) return [`without ${service}`];
    if (!today) return [`with ${service}`];
    if (then.identity === today.identity) return [];
    const another = then.reference === today.reference ? "another image of the same name" : `not ${today.reference}`;
    return [`${service}: ${then.reference}, ${another}`];
  });
}

/** Of the environment's record: `deployed.json` only says which release it is. */
function files(point: Runs, now: Runs): string[] {
  const paths = new Set([...Object.keys(point.files), ...Object.keys(now.files)]);
  return [...paths]
    .filter((path) => path.startsWith("deployed/") && path !== "deployed/deployed.json")
    .filter((path) => point.files[path] !== now.files[path])
    .map((path) => path.replace("deployed/", ""))
    .sort();
}

function short(commit: string | undefined): string {
  return commit ? commit.slice(0, 12) + (commit.endsWith("-dirty") ? "-dirty" : "") : "none";
}
