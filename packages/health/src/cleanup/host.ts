import { type Engine, label, UserError } from "@understudy/core";
import { familiesOf } from "./judge-images.ts";

/** An image on the environment's host. */
export interface HostImage {
  /** `sha256:…` */
  readonly id: string;
  /** `name:tag`, none for one that lost its name. */
  readonly tags: readonly string[];
  /** What removing it gives back: the layers that no other image has. */
  readonly bytes: number;
  /** ms since the epoch. */
  readonly created: number;
  /** Whether it was built from a recipe of ours. */
  readonly recipe: boolean;
  readonly title: string | undefined;
}

export interface HostInventory {
  readonly images: readonly HostImage[];
  /** Every container of the host, whosever, running or not. */
  readonly containers: readonly { readonly name: string; readonly image: string }[];
  /** Stacks of other installations that share the host, and the kinds of images that they run. */
  readonly foreign: readonly { readonly stack: string; readonly families: readonly string[] }[];
  /** Names of containers that a verb which was cut off left behind. */
  readonly abandoned: readonly string[];
}

/**
 * Look at a host.
 * @param own stack names of this installation.
 * @throws UserError while a verb is at work there, whose images may not be in use yet.
 */
export async function takeHostInventory(engine: Engine, own: readonly string[]): Promise<HostInventory> {
  const containers = await engine.docker.listContainers({ all: true });
  const nameOf = ({ Names }: { Names: string[] }) => Names[0]?.slice(1) ?? "";
  const tools = containers.filter(({ Labels }) => Labels[label.environment] && !Labels[label.stack]);
  const atWork = tools.find(({ Labels, State }) => Labels["understudy.lock.verb"] && State === "running");
  if (atWork) {
    const { "understudy.lock.verb": verb, "understudy.lock.owner": owner } = atWork.Labels;
    throw new UserError(`${verb} of ${owner} is at work on this host (${nameOf(atWork)})`);
  }
  const images = await listImages(engine);
  const foreign = containers.flatMap(({ Labels, ImageID }) => {
    const stack = Labels[label.stack];
    const image = images.find(({ id }) => id === ImageID);
    return stack && !own.includes(stack) && image ? [{ stack, families: familiesOf(image) }] : [];
  });
  return {
    images,
    foreign,
    containers: containers.map((container) => ({ name: nameOf(container), image: container.ImageID })),
    abandoned: tools.filter(({ State }) => State !== "running").map(nameOf),
  };
}

async function listImages(engine: Engine): Promise<HostImage[]> {
  // Engines before 23 tell what images share only here, and newer ones no longer do.
  const asked = { "shared-size": true } as object;
  const listed = await engine.docker.listImages(asked);
  const told = listed.every(({ SharedSize }) => SharedSize >= 0)
    ? listed
    : ((await engine.docker.df()) as { Images: typeof listed }).Images;
  return told.map(({ Id, RepoTags, Size, SharedSize, Created, Labels }) => ({
    id: Id,
    tags: (RepoTags ?? []).filter((tag) => tag !== "<none>:<none>"),
    bytes: Size - Math.max(0, SharedSize),
    created: Created * 1_000,
    recipe: Labels?.["understudy.recipe"] !== undefined,
    title: Labels?.["org.opencontainers.image.title"],
  }));
}
