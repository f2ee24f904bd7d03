import type { Engine } from "@understudy/core";
import type { DesiredStack, ResolvedImages } from "@understudy/environment";
import { surveyImages } from "../images/acquire.ts";
import { findImage } from "../images/resolve.ts";
import type { Matched } from "./match-services.ts";
import { variablesOf } from "./templates.ts";

/** What runs, under the name that it was started by while that still means it. */
export async function imagesOf(engine: Engine, services: Matched): Promise<ResolvedImages> {
  const entries = await Promise.all(
    [...services].map(async ([service, { Image, Config }]) => {
      const [image, named] = await Promise.all([findImage(engine, Image), findImage(engine, Config.Image)]);
      if (!image) throw new Error(`the image ${Image} of ${service} is gone, while its container runs`);
      return [service, { ...image, reference: named?.id === Image ? Config.Image : Image }] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** The variables that each image sets by itself. */
export async function imageVariables(engine: Engine, services: Matched): Promise<Map<string, Map<string, string>>> {
  const entries = await Promise.all(
    [...services].map(async ([service, { Image }]) => {
      const { Config } = await engine.docker.getImage(Image).inspect();
      return [service, variablesOf(Config.Env)] as const;
    }),
  );
  return new Map(entries);
}

/** A service that runs another image than the compose files name. */
export interface OtherImage {
  readonly service: string;
  readonly from: string;
  readonly to: string;
}

/** Those whose image is neither called as the compose files say nor the same. */
export async function otherImages(
  engine: Engine,
  { model, settings }: DesiredStack,
  images: ResolvedImages,
): Promise<OtherImage[]> {
  const services = Object.values(model.services);
  const { present } = await surveyImages(
    engine,
    services.map(({ image }) => image),
    settings.images,
  );
  return services.flatMap(({ name, image: to }) => {
    const from = images[name];
    const wanted = present.get(to);
    return !from || from.reference === to || wanted?.id === from.id
      ? []
      : [{ service: name, from: from.reference, to }];
  });
}
