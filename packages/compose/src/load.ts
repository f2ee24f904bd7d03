import { dirname, resolve } from "node:path";
import { UserError } from "@understudy/core";
import { canonicalise } from "./canonical/canonical.ts";
import { checkSupported } from "./check-supported.ts";
import { interpolateFiles, type ReferencedVariable, variablesIn } from "./interpolate-tree.ts";
import { mergeFiles, settle } from "./merge.ts";
import type { ComposeModel, FileSource } from "./model.ts";
import { readService } from "./normalise/service.ts";
import { readFileSource, readNetwork, readVolume } from "./normalise/shared.ts";
import { readComposeFile } from "./read.ts";
import { checkReferences } from "./references.ts";
import { shownPath } from "./tree/problem.ts";
import { child, entriesOf, type Mapping, mapping } from "./tree/tree.ts";
import { validateSchema } from "./validate.ts";

export interface LoadOptions {
  /** Absolute, or relative to the working directory; later files are laid over earlier ones. */
  files: string[];
  /** What `$VAR` in the files is replaced with. The process environment is not consulted. */
  variables: Record<string, string>;
}

/**
 * Reads, interpolates, validates, merges and normalises compose files. Relative paths inside are relative to the first
 * file's folder, as in Compose.
 * @throws UserError for every mistake in the files or variables, with place, service and key.
 */
export async function loadCompose({ files, variables }: LoadOptions): Promise<ComposeModel> {
  const trees = interpolateFiles(await readAll(files), variables);
  for (const tree of trees) validateSchema(tree);
  const merged = settle(trees.map(canonicalise).reduce(mergeFiles));
  const directory = dirname(resolve(files[0] ?? ""));
  const model = await normalise(merged, directory, variables);
  if (Object.keys(model.services).length === 0) {
    throw new UserError(`${files.map((file) => shownPath(resolve(file))).join(", ")}: no service is declared`);
  }
  checkReferences(model, merged);
  return model;
}

/** The variables that compose files name, whether they are set or not. @throws UserError as `loadCompose` does for broken files. */
export async function referencedVariables(files: string[]): Promise<ReferencedVariable[]> {
  return variablesIn(await readAll(files));
}

async function readAll(files: string[]): Promise<Mapping[]> {
  if (files.length === 0) throw new UserError("No compose file is named");
  return (await Promise.all(files.map(readComposeFile))).map(checkSupported);
}

async function normalise(tree: Mapping, directory: string, variables: LoadOptions["variables"]): Promise<ComposeModel> {
  const all = (key: string) => entriesOf(child(tree, key)).map(([name, { value }]) => [name, value] as const);
  const sources = async (key: "configs" | "secrets"): Promise<Record<string, FileSource>> => {
    const kind = key === "configs" ? "config" : "secret";
    const read = all(key).map(
      async ([name, value]) => [name, await readFileSource(kind, name, value, directory, variables)] as const,
    );
    return Object.fromEntries(await Promise.all(read));
  };
  const services = Object.fromEntries(
    all("services").map(([name, value]) => [name, readService(name, value, directory)]),
  );
  const networks = Object.fromEntries(all("networks").map(([name, value]) => [name, readNetwork(name, value)]));
  const usesDefault = Object.values(services).some((service) => Object.hasOwn(service.networks, "default"));
  if (usesDefault && !networks.default) networks.default = readNetwork("default", mapping([], tree));
  return {
    services,
    networks,
    volumes: Object.fromEntries(all("volumes").map(([name, value]) => [name, readVolume(name, value)])),
    configs: await sources("configs"),
    secrets: await sources("secrets"),
  };
}
