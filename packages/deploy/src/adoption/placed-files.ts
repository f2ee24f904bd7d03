import type { ComposeModel, FileMount, Service } from "@understudy/compose";
import { type Engine, exec } from "@understudy/core";
import type { Matched } from "./match-services.ts";

/** Paths in a service's container that already have what the compose files place there, by service. */
export type PlacedFiles = ReadonlyMap<string, ReadonlySet<string>>;

/** Every file that a service is given, and its content. */
export function filesOf(model: ComposeModel, { configs, secrets }: Service): { mount: FileMount; content: string }[] {
  return [
    ...configs.map((mount) => ({ mount, content: model.configs[mount.source]?.content ?? "" })),
    ...secrets.map((mount) => ({ mount, content: model.secrets[mount.source]?.content ?? "" })),
  ];
}

/** Look into the containers: Docker Compose binds files of its own machine where we copy them in. */
export async function findPlacedFiles(engine: Engine, model: ComposeModel, services: Matched): Promise<PlacedFiles> {
  const looked = await Promise.all(
    [...services].map(async ([name, { Id }]) => {
      const service = model.services[name];
      const files = service ? filesOf(model, service) : [];
      const same = await Promise.all(
        files.map(async ({ mount, content }) =>
          (await hasContent(engine, Id, mount.target, content)) ? [mount.target] : [],
        ),
      );
      return [name, new Set(same.flat())] as const;
    }),
  );
  return new Map(looked);
}

async function hasContent(engine: Engine, container: string, path: string, content: string): Promise<boolean> {
  const { exitCode, stdout } = await exec(engine, container, ["cat", path], { keep: content.length + 1_000 });
  return exitCode === 0 && stdout === content;
}
