import { type Mapping, replaceChildren, replaceEach, scalar, type Tree } from "../tree/tree.ts";
import { canonicalFiles, canonicalMounts } from "./mounts.ts";
import { hostsToList, namesToMapping, pairsToMapping, record, textToList } from "./pairs.ts";
import { canonicalPorts } from "./ports.ts";

/** Brings all short forms of one file to the one long form that merging and reading rely on. */
export function canonicalise(tree: Mapping): Mapping {
  const labelled = (all: Tree) => replaceEach(all, (one) => replaceChildren(one, { labels: pairsToMapping }));
  return replaceChildren(tree, {
    services: (services) => replaceEach(services, canonicalService),
    networks: labelled,
    volumes: labelled,
  }) as Mapping;
}

function canonicalService(tree: Tree, name: string): Tree {
  const subject = `service ${name}`;
  return replaceChildren(tree, {
    environment: pairsToMapping,
    labels: pairsToMapping,
    sysctls: pairsToMapping,
    extra_hosts: hostsToList,
    tmpfs: textToList,
    depends_on: (value) => namesToMapping(value, (item) => record({ condition: "service_started" }, item)),
    networks: (value) => namesToMapping(value, (item) => scalar(null, item)),
    ports: (value) => canonicalPorts(value, subject),
    volumes: (value) => canonicalMounts(value, subject),
    configs: canonicalFiles,
    secrets: canonicalFiles,
  });
}
