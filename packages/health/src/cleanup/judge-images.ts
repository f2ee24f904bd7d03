import type { HostImage, HostInventory } from "./host.ts";
import type { Kept, Removal } from "./plan.ts";
import type { ReleaseInventory } from "./releases.ts";

/** An image that could go: it does, or it is kept. */
export interface ImageVerdict {
  readonly image: HostImage;
  readonly removal?: Removal;
  readonly kept?: Kept;
}

/** A build gets its name a moment after it is made; ms. */
const maybeUnfinished = 3_600_000;

/**
 * The images that only expired releases name, and the builds of ours that no longer have a name and that no release names.
 * One that anything else on the host may need is kept, with the reason.
 */
export function judgeImages(
  stack: ReleaseInventory & HostInventory,
  expired: ReadonlySet<string>,
  now: number,
): ImageVerdict[] {
  return stack.images.flatMap((image): ImageVerdict[] => {
    const releases = stack.releases.filter(({ images }) => images.some(({ id }) => id === image.id));
    const leftOver = releases.length === 0 && image.recipe && image.tags.length === 0;
    if (!leftOver && (releases.length === 0 || releases.some(({ id }) => !expired.has(id)))) return [];
    const references = releases.flatMap(({ images }) =>
      images.filter(({ id }) => id === image.id).map(({ reference }) => reference),
    );
    const name = image.tags[0] ?? references[0] ?? image.id.slice(7, 19);
    const needed =
      whyNeeded(image, references, stack) ??
      (leftOver && now - image.created < maybeUnfinished ? "just built" : undefined);
    if (needed) return [{ image, kept: { kind: "image", name, because: needed } }];
    const because = leftOver
      ? "an old build without a name"
      : `only ${releases.map(({ id }) => id).join(", ")} used it`;
    return [
      { image, removal: { kind: "image", name, bytes: image.bytes, because, images: [image.id], tags: image.tags } },
    ];
  });
}

function whyNeeded(image: HostImage, references: readonly string[], stack: HostInventory): string | undefined {
  const container = stack.containers.find((one) => one.image === image.id);
  if (container) return `container ${container.name} uses it`;
  const other = image.tags.find((tag) => !references.includes(tag));
  if (other) return `it is also called ${other}, which no release of ours says`;
  if (image.recipe && isNewest(image, stack.images)) return "it is the newest build of its kind";
  const stranger = stack.foreign.find(({ families }) =>
    families.some((one) => familiesOf(image, references).includes(one)),
  );
  return (
    stranger && `${stranger.stack}, of another installation, has the same kind of image, and may want to go back to it`
  );
}

/** Of the images with this name, whatever their version. */
function isNewest(image: HostImage, images: readonly HostImage[]): boolean {
  const repositories = image.tags.map(repositoryOf);
  const same = images.filter(({ tags }) => tags.some((tag) => repositories.includes(repositoryOf(tag))));
  return same.length > 0 && same.every(({ created }) => created <= image.created);
}

/** What tells that two images are versions of the same thing. */
export function familiesOf(image: HostImage, references: readonly string[] = []): string[] {
  return [...[...image.tags, ...references].map(repositoryOf), ...(image.title ? [image.title] : [])];
}

function repositoryOf(reference: string): string {
  return reference.replace(/@.*$/, "").replace(/:[^/:]+$/, "");
}
